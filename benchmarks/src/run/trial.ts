import { messageOf } from '../compare/failures.js';
import type { MachineUse, RawStream, RawTrial } from '../raw/raw.js';
import type { Cell, Measured, OwnResult, RunContext, Scenario, StartedServer } from '../scenarios/scenario.js';
import { ceilingKeyOf } from '../targets/ceiling-key.js';
import type { Traces } from '../trace/traces.js';
import { trialVerdict } from '../verdict/trial.js';
import type { Front, OpenFront } from './front.js';
import { runJob } from './generator.js';
import { MachineWatch, worse } from './machine.js';
import { momentsOf } from './moments.js';
import { expectedMs } from './plan.js';
import { withinLimit } from './limit.js';
import { startProcess, urlOf, type Process } from './processes.js';
import { problemOf, rawStream } from './streams.js';
import { brief, cpuOf, harnessUse, usage } from './usage.js';
import { useOf } from './use.js';

/** What all trials of a run share. */
export interface Laboratory {
  readonly traces: Traces;
  readonly openFront: OpenFront;
  /** Tokens per second that the generator can take, by driver; empty before it was measured. */
  readonly ceiling: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
}

/** One trial: starts what it needs, measures, and ends everything it has started, whatever happens. */
export class Trial implements RunContext {
  readonly trial: number;
  readonly block: number;
  readonly signal: AbortSignal;
  readonly #scenario: string;
  readonly #order: number;
  readonly #laboratory: Laboratory;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #startedAt = new Date();
  readonly #startMs = performance.now();
  #watch = new MachineWatch();
  #harnessCpu = process.cpuUsage();
  #frontCpuUs = 0;
  /** The most that others did during the loads so far. */
  #disturbed: MachineUse = { stealShare: null, othersBusy: null };

  constructor(
    laboratory: Laboratory,
    { scenario, trial, block, order }: Record<'trial' | 'block' | 'order', number> & { scenario: string },
  ) {
    this.#laboratory = laboratory;
    this.#scenario = scenario;
    this.trial = trial;
    this.block = block;
    this.#order = order;
    this.signal = laboratory.signal;
  }

  /** Measures a cell as its scenario wants it. A failure becomes an INVALID trial; only an interruption is thrown. */
  async measure(scenario: Scenario, cell: Cell): Promise<Measured> {
    try {
      return await (scenario.run ? scenario.run(cell, this) : this.load(cell));
    } catch (error) {
      this.signal.throwIfAborted();
      return this.measured(cell, { values: {}, invalid: [messageOf(error)] });
    } finally {
      await this.#end();
    }
  }

  /** A scenario may load several times: what was started for one load ends with it. */
  async load(cell: Cell): Promise<Measured> {
    const before = this.#ends.length;
    try {
      return await this.#load(cell);
    } finally {
      await this.#end(before);
    }
  }

  async #load(cell: Cell): Promise<Measured> {
    const { traces, signal } = this.#laboratory;
    const { target, load } = cell;
    const front = await this.#front(cell);
    const generator = this.#start({
      name: 'the generator',
      script: 'agent/main.js',
      role: 'generator',
      prefix: front.prefix.generator,
    });
    const { process: server, url } = await this.#server(cell, front);
    const trace = traces.get(load.trace);
    const job = {
      type: 'job',
      driver: target.driver,
      options: { ...target.options, ...cell.options },
      url: await front.through(url),
      trace: trace.name,
      texts: trace.texts,
      streams: load.streams,
      rampMs: load.rampMs,
      warmUp: load.warmUp,
      connections: load.connections ?? 'cold',
    } as const;
    const result = await withinLimit(expectedMs(cell), (limit) =>
      runJob(generator, server, job, {
        signal: AbortSignal.any([signal, limit]),
        beforeLoad: () => this.#restartWatch(front),
      }),
    );
    const ownCpuUs = cpuOf(result.server) + cpuOf(result.generator) + this.#ownCpu() + front.cpuUs() - this.#frontCpuUs;
    const machine = this.#watch.since(ownCpuUs);
    this.#disturbed = worse(this.#disturbed, machine);
    const moments = await momentsOf(target.moments, server, await front.beside(url), result.notes, trace);
    const streams = result.notes.map((notes) => rawStream(this.trial, notes, moments.get(notes.index), trace));
    const problems = result.notes.map((notes) => problemOf(notes, trace, cell.expected ?? 'whole')).filter(Boolean);
    return { streams, trial: this.#judged(cell, streams, { ...usage(result), machine, values: {} }, problems) };
  }

  async startServer(cell: Cell, options: Parameters<RunContext['startServer']>[1] = {}): Promise<StartedServer> {
    const front = await this.#front(cell);
    const { process, url } = await this.#server(cell, front, options);
    await useOf(process, { restart: true });
    return {
      url: await front.through(url),
      pid: process.pid,
      died: process.died,
      use: () => useOf(process, { restart: true, collect: true }),
      stop: () => process.stop(),
    };
  }

  measured(cell: Cell, { values, streams = [], tokens, invalid = [] }: OwnResult): Measured {
    const use = { server: null, steady: null, generator: harnessUse(this.#startMs, this.#harnessCpu), lagP99Ms: 0 };
    // What a scenario did beside its loads cannot be told from what others did.
    const machine = worse(this.#disturbed, { stealShare: this.#watch.since(0).stealShare, othersBusy: null });
    const trial = this.#judged(cell, streams, { ...use, machine, values }, invalid);
    return { streams, trial: tokens === undefined ? trial : { ...trial, tokens } };
  }

  #judged(
    cell: Cell,
    streams: readonly RawStream[],
    use: Pick<RawTrial, 'server' | 'steady' | 'generator' | 'lagP99Ms' | 'machine' | 'values'>,
    problems: readonly string[],
  ): RawTrial {
    const trial = {
      kind: 'trial',
      trial: this.trial,
      scenario: this.#scenario,
      block: this.block,
      target: cell.target.name,
      point: cell.point,
      factors: cell.factors,
      startedAt: this.#startedAt.toISOString(),
      durationMs: Math.round(performance.now() - this.#startMs),
      streams: streams.length,
      tokens: streams.reduce((total, { transportUs }) => total + transportUs.length, 0),
      ...use,
    } as const;
    const { kind, note } = cell.target;
    const ceilingKey = ceilingKeyOf(cell.target);
    const ceiling = this.#laboratory.ceiling[ceilingKey] ?? null;
    const judged = trialVerdict(trial, { problems: brief(problems), ceilingTokensPerSecond: ceiling, streams });
    return { ...trial, ...judged, shown: { order: this.#order, kind, ceilingKey, note } };
  }

  async #front(cell: Cell): Promise<Front> {
    const front = await this.#laboratory.openFront(cell);
    this.#ends.push(() => front.close());
    return front;
  }

  async #server(cell: Cell, front: Front, { env = {}, command = [] }: Parameters<RunContext['startServer']>[1] = {}) {
    const { target, load, flags = [] } = cell;
    const { traces } = this.#laboratory;
    const trace = traces.get(load.trace).name;
    const setup = { recordingsDir: traces.folder, trace, streams: load.streams, flags };
    const program = target.server(setup);
    const process = this.#start({
      name: target.name,
      ...program,
      env: { TOKENWIRE_RECORDINGS_DIR: traces.folder, TOKENWIRE_TRACE: trace, ...program.env, ...env },
      role: 'server',
      prefix: [...front.prefix.server, ...command],
    });
    return { process, url: await urlOf(process, target.name) };
  }

  #start(options: Parameters<typeof startProcess>[0]): Process {
    const process = startProcess(options);
    this.#ends.push(() => process.stop());
    return process;
  }

  #restartWatch(front: Front): void {
    this.#watch = new MachineWatch();
    this.#frontCpuUs = front.cpuUs();
    this.#harnessCpu = process.cpuUsage();
  }

  #ownCpu(): number {
    const { user, system } = process.cpuUsage(this.#harnessCpu);
    return user + system;
  }

  /** Ends what was started since there were `kept` things to end. */
  async #end(kept = 0): Promise<void> {
    // What is in front goes last: a namespace is removed when nobody is in it any more.
    for (const end of this.#ends.splice(kept).toReversed()) await end();
  }
}
