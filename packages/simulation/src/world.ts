import type { openStream } from '@tokenwire/client-kit';
import type { Generation, Generations, StartRequest, TickClock } from '@tokenwire/generation-log';
import { TokenwireError, type Clock } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';

import { Answer } from './answer.js';
import { Chance } from './chance.js';
import { OwnedClock } from './owned-clock.js';
import type { AnswerPlan, Plan } from './plan.js';
import { playAnswer, type SourceCall } from './scripted-source.js';
import { Verdict } from './verdict.js';

/** What is explored. Tests of the checker hand in broken ones. */
export interface Core {
  readonly Generations: typeof Generations;
  readonly TickClock: typeof TickClock;
  readonly openStream: typeof openStream;
}

/** What has happened, in numbers. */
export interface Tally {
  /** Handed over to applications. */
  events: number;
  reconnects: number;
  /** Asked for by readers. */
  stops: number;
  /** Answers asked for when they were no longer kept. */
  expiries: number;
  /** Connections broken or refused. */
  faults: number;
}

interface Registry {
  readonly generations: Generations;
  readonly clock: OwnedClock;
}

/** Everything that one life shares: time, chance, the registry, and the record of what happened. */
export class World {
  readonly plan: Plan;
  readonly core: Core;
  readonly chance: Chance;
  /** Time for everything but the checker: looks for lost wake-ups before each timer. */
  readonly clock: Clock;
  readonly virtual: VirtualClock;
  readonly verdict: Verdict;
  readonly tally: Tally = { events: 0, reconnects: 0, stops: 0, expiries: 0, faults: 0 };
  /** All generations that were ever started, oldest first. */
  readonly answers: Answer[] = [];
  readonly calls: SourceCall[] = [];
  /** Signals that were handed to somebody, and what they are about. */
  readonly signals = new Map<AbortSignal, string>();
  /** What has begun and not ended, by name. */
  readonly open = new Set<string>();
  /** All registries, the last one in use. More than one after a restart. */
  readonly registries: Registry[] = [];
  /** How long the world has overslept in all, in milliseconds: time in which nothing could be punctual. */
  sleptMs = 0;
  #ids = 0;
  #probes = 0;

  constructor(plan: Plan, core: Core, trace: ((line: string) => void) | undefined) {
    const { seed, disorder } = plan;
    this.plan = plan;
    this.core = core;
    this.chance = new Chance(seed, 'world');
    const ties = this.chance.fork('ties');
    const late = this.chance.fork('late');
    this.virtual = new VirtualClock({
      startMs: 0,
      ...(disorder.ties && { pickTie: (count) => ties.int(0, count - 1) }),
      ...(disorder.lateMs > 0 && { lateMs: () => (late.is(0.3) ? late.next() * disorder.lateMs : 0) }),
    });
    this.verdict = new Verdict(this.virtual, trace);
    this.clock = {
      now: () => this.virtual.now(),
      after: (delayMs, action) => this.virtual.after(delayMs, () => (this.#probe(), action())),
    };
    this.registries.push(this.#newRegistry());
  }

  get generations(): Generations {
    return (this.registries.at(-1) as Registry).generations;
  }

  /** By how much anything may be late, in milliseconds: each wait is a chain of a few timers. */
  get lateMs(): number {
    return 10 * this.plan.disorder.lateMs + 1;
  }

  /** Another process takes over, which knows nothing of the answers of this one. */
  restart(): void {
    this.registries.push(this.#newRegistry());
  }

  /** @throws {TokenwireError} what the registry refuses with. */
  start(plan: AnswerPlan, request: StartRequest): Answer {
    const generation = this.generations.start(request, { owner: plan.owner, idempotencyKey: plan.id });
    return this.answers.find((answer) => answer.generation === generation) ?? this.#register(generation, plan);
  }

  /** Whether an answer can be read. */
  keeps(id: string | undefined, owner: string): boolean {
    try {
      return id !== undefined && this.generations.get(id, owner).id === id;
    } catch {
      return false;
    }
  }

  /** The newest answer of a plan, if it was ever started. */
  latest(plan: string): Answer | undefined {
    return this.answers.findLast((answer) => answer.plan.id === plan);
  }

  planOf(id: string): AnswerPlan {
    const plan = this.plan.answers.find((answer) => answer.id === id);
    if (!plan) throw new TokenwireError('unknown_model', `There is no answer ${id}.`);
    return plan;
  }

  /** Notes that nobody may still listen to this signal in the end. */
  watch(signal: AbortSignal, name: string): void {
    this.signals.set(signal, name);
  }

  /** Notes that `work` must settle. Gives it back. */
  async track<T>(name: string, work: Promise<T>): Promise<T> {
    const entry = `${name} since ${this.virtual.now().toFixed(1)} ms (${(this.#ids += 1)})`;
    this.open.add(entry);
    try {
      return await work;
    } finally {
      this.open.delete(entry);
    }
  }

  /** Calls `action` at a moment of the life. */
  at(atMs: number, action: () => void): void {
    this.clock.after(atMs - this.virtual.now(), action);
  }

  #register(generation: Generation, plan: AnswerPlan): Answer {
    const earlier = this.latest(plan.id);
    if (earlier && !earlier.generation.refused && this.keeps(earlier.generation.id, plan.owner)) {
      this.verdict.broken('key', `${plan.id} was started again while it was kept`);
    }
    const answer = new Answer(this, generation, plan, `${plan.id}.${this.answers.length}`);
    this.answers.push(answer);
    return answer;
  }

  #newRegistry(): Registry {
    const { retentionMs, retentionBytes, maxRunning, closeTimeoutMs, sharedTimers, flush } = this.plan.limits;
    const clock = new OwnedClock(this.clock);
    const generations = new this.core.Generations({
      clock: sharedTimers ? new this.core.TickClock(clock) : clock,
      resolve: (model) => {
        const answer = this.planOf(model);
        return (request, context) => playAnswer(answer, request, context, (call) => this.calls.push(call));
      },
      newId: () => `gen_${String((this.#ids += 1)).padStart(24, '0')}`,
      newSeed: () => (this.#ids += 1),
      retentionMs,
      retentionBytes,
      maxRunning,
      closeTimeoutMs,
      flush,
      // Some sources are meant to have bugs; what else fails shows in the logs as `internal`.
      onInternalError: (error) => this.verdict.note('registry', `internal error: ${String(error)}`),
    });
    return { generations, clock };
  }

  /** All promises of the step before have settled: whoever could go on has gone on. */
  #probe(): void {
    for (const answer of this.answers) answer.probe();
    if ((this.#probes += 1) % PROBES_PER_COUNT === 0 && this.calls.every(({ closedMs }) => closedMs !== undefined)) {
      for (const registry of this.registries) this.#count(registry);
    }
  }

  /** Where nothing runs, a registry has one timer for each answer that it will forget, and no other. */
  #count({ generations, clock }: Registry): void {
    const { running, kept, remembered } = generations.stats();
    if (running > 0 || clock.pending === kept + remembered) return;
    this.verdict.broken('leftover', `${clock.pending} timers for ${kept} kept and ${remembered} remembered answers`);
  }
}

/** Counting costs more than looking for waiting readers. */
const PROBES_PER_COUNT = 16;
