import type { StreamError, StreamOptions, TokenStream } from '@tokenwire/client-kit';
import { isTerminal, type StreamEvent } from '@tokenwire/protocol';

import type { Answer } from './answer.js';
import { OwnedClock } from './owned-clock.js';
import { ReaderLine } from './line.js';
import type { AnswerPlan, Kind, ReaderPlan } from './plan.js';
import { requestFor } from './server.js';
import { fetchOver, transportOver } from './transports.js';
import type { World } from './world.js';

/** What an application throws in its own loop or callback. */
export class ApplicationError extends Error {
  override readonly name = 'ApplicationError';
}

/** One client that an application has used, from opening to the end of its loop. */
export interface Session {
  readonly stream: TokenStream;
  readonly controller: AbortController;
  /** The client's own: counts the timers that it has set. */
  readonly clock: OwnedClock;
  readonly startedWith: 'request' | 'cursor';
  /** Seq before its first event. */
  readonly firstSeq: number;
  /** The text of the events that its loop got. */
  text: string;
  last: StreamEvent | undefined;
  /** How its loop ended; undefined while it runs. */
  outcome: { readonly error: unknown; readonly cursor: string | undefined } | undefined;
  /** Set when the application or a step left on purpose. */
  left: boolean;
  /** Faults of the line before it began. */
  readonly faultsBefore: number;
  /** When it ended: all faults until then, those since its last event, and whether its answer was still kept. */
  faultsAfter: number;
  faults: number;
  wasKept: boolean;
}

/** How long a stop may take, in milliseconds: what the client kit promises. */
export const STOP_LIMIT_MS = 10_000;

/** A person with one client after the other, all reading the same answer. */
export class Reader {
  readonly plan: ReaderPlan;
  readonly answer: AnswerPlan;
  readonly line: ReaderLine;
  readonly sessions: Session[] = [];
  readonly #world: World;
  /** What the application has stored. */
  #cursor: string | undefined;
  #seq = 0;
  #count = 0;
  #stopping = 0;

  constructor(world: World, plan: ReaderPlan) {
    this.#world = world;
    this.plan = plan;
    this.answer = world.planOf(plan.answer);
    this.line = new ReaderLine(world, plan);
    world.at(plan.atMs, () => this.#begin());
  }

  /** The client in use, if it is still being read. */
  get active(): Session | undefined {
    const session = this.sessions.at(-1);
    return session?.outcome ? undefined : session;
  }

  /** Leaves the client in use and goes on from the stored cursor with a new one. */
  resume(kind: Kind): void {
    if (this.sessions.length === 0) return;
    this.leave((session) => session.stream.detach());
    this.#open(kind, this.#cursor);
  }

  leave(how: (session: Session) => void): void {
    const session = this.active;
    if (!session) return;
    session.left = true;
    how(session);
  }

  /** Stops the answer with the newest client, also one whose loop has ended. */
  stop(): void {
    const { stream } = this.sessions.at(-1) ?? {};
    if (!stream) return;
    this.#world.tally.stops += 1;
    const { verdict, virtual } = this.#world;
    const [askedMs, sleptMs] = [virtual.now(), this.#world.sleptMs];
    this.#stopping += 1;
    const settled = (how: string): void => {
      this.#stopping -= 1;
      const tookMs = virtual.now() - askedMs - (this.#world.sleptMs - sleptMs);
      verdict.note(this.plan.id, `stop: ${how}`);
      if (tookMs > STOP_LIMIT_MS + this.#world.lateMs) verdict.broken('settles', `a stop took ${tookMs} ms`);
    };
    const work = stream.stop().then(
      (receipt) => settled(`${receipt.status}${receipt.alreadyDone ? ', was done already' : ''}`),
      (error: unknown) => settled(String(error)),
    );
    void this.#world.track(`stop by ${this.plan.id}`, work);
  }

  #begin(): void {
    if (this.plan.begins === 'start') return this.#open(this.plan.kind, undefined);
    const answer = this.#world.latest(this.answer.id);
    if (answer) this.#open(this.plan.kind, `${answer.generation.id}.0`);
  }

  #open(kind: Kind, after: string | undefined): void {
    const { application, id, maxAttempts } = this.plan;
    const world = this.#world;
    const watch = (signal: AbortSignal): void => world.watch(signal, `a request of ${id}`);
    const controller = new AbortController();
    world.watch(controller.signal, `the application of ${id}`);
    const clock = new OwnedClock(world.clock);
    if (after === undefined) this.#seq = 0;
    this.line.faults = 0;
    const options: StreamOptions = {
      url: 'http://server.test',
      ...(after === undefined ? { request: requestFor(this.answer), idempotencyKey: this.answer.id } : { after }),
      clock,
      random: world.chance.fork(`${id} jitter ${this.sessions.length}`).next,
      signal: controller.signal,
      retry: { maxAttempts },
      fetch: fetchOver(this.line, this.answer, watch),
      onStatus: (status) => world.verdict.note(id, `is ${status}`),
      ...(application.deed === 'throw-in-callback' && { onBytes: () => this.#callback(application.at) }),
      ...(kind !== 'stream' && { idleTimeoutMs: kind === 'long-poll' ? 30_000 : 5_000 }),
    };
    const stream = world.core.openStream(options, transportOver(this.line, kind, this.answer, watch));
    const startedWith = after === undefined ? 'request' : 'cursor';
    const session: Session = {
      stream,
      controller,
      clock,
      startedWith,
      firstSeq: this.#seq,
      text: '',
      last: undefined,
      outcome: undefined,
      left: false,
      faultsBefore: this.line.total,
      faultsAfter: 0,
      faults: 0,
      wasKept: false,
    };
    this.sessions.push(session);
    world.verdict.note(
      id,
      `opens a ${kind} client ${after === undefined ? `to start ${this.answer.id}` : `after ${after}`}`,
    );
    void world.track(`reading by ${id}`, this.#run(session));
  }

  async #run(session: Session): Promise<void> {
    try {
      for await (const event of session.stream) {
        this.#take(session, event);
        await this.#live(session);
        if (session.left) break;
      }
      session.outcome = { error: undefined, cursor: session.stream.cursor };
    } catch (error) {
      session.outcome = { error, cursor: session.stream.cursor };
      if (error instanceof ApplicationError) session.left = true;
    }
    session.faults = this.line.faults;
    session.faultsAfter = this.line.total;
    session.wasKept = this.#world.keeps(session.stream.id, this.answer.owner);
    this.#world.tally.reconnects += session.stream.reconnects;
    const { error } = session.outcome;
    const how = error === undefined ? 'ends' : `throws ${(error as StreamError).code ?? (error as Error).name}`;
    this.#world.clock.after(STOP_LIMIT_MS + this.#world.lateMs, () => this.#countTimers(session));
    this.#world.verdict.note(this.plan.id, `${how} at seq ${this.#seq}, status ${session.stream.status}`);
  }

  /** Long enough after the end that even a stop has settled, nothing of a client ticks any more. */
  #countTimers({ clock }: Session): void {
    if (this.#stopping > 0 || clock.pending === 0) return;
    this.#world.verdict.broken('leftover', `${clock.pending} timers of a client of ${this.plan.id}`);
  }

  /** Checks an event against the log. The log is ahead of every reader, so it is there. */
  #take(session: Session, event: StreamEvent): void {
    const { verdict, tally } = this.#world;
    const { id, cursor } = session.stream;
    const source = this.#world.answers.find(({ generation }) => generation.id === id);
    tally.events += 1;
    this.line.faults = 0;
    if (event.seq !== this.#seq + 1)
      verdict.broken('prefix', `${this.plan.id} got seq ${event.seq} after ${this.#seq}`);
    if (session.last && isTerminal(session.last)) verdict.broken('terminal', `${this.plan.id} got more after the end`);
    this.#compare(source, event);
    this.#seq = event.seq;
    this.#cursor = cursor;
    session.last = event;
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') session.text += event.delta.text;
    if (verdict.tracing) verdict.note(this.plan.id, `got ${event.seq} ${event.type}`);
  }

  #compare(answer: Answer | undefined, event: StreamEvent): void {
    const { verdict } = this.#world;
    if (answer?.plan !== this.answer) verdict.broken('foreign', `${this.plan.id} reads what is not its answer`);
    else if (answer.jsonAt(event.seq) !== JSON.stringify(event)) {
      verdict.broken('prefix', `${this.plan.id} got another event ${event.seq} than the log of ${answer.name} has`);
    }
  }

  /** The application does something with the event. */
  async #live(session: Session): Promise<void> {
    const { pauseEvery, pauseMs, at, deed } = this.plan.application;
    this.#count += 1;
    if (this.#count === at) {
      if (deed === 'throw') throw new ApplicationError('the application');
      if (deed === 'stop') this.stop();
      if (deed === 'leave') session.left = true;
    }
    if (pauseMs === 0 || this.#count % pauseEvery > 0) return;
    await new Promise<void>((resolve) => void this.#world.clock.after(pauseMs, resolve));
  }

  #callback(at: number): void {
    this.#count += 1;
    if (this.#count === at) throw new ApplicationError('the callback');
  }
}
