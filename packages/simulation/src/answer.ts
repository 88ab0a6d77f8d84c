import type { Generation, LogEntry } from '@tokenwire/generation-log';

import type { AnswerPlan } from './plan.js';
import type { World } from './world.js';

/** One generation, with an account of its readers that owes nothing to the core's own. */
export class Answer {
  readonly generation: Generation;
  readonly plan: AnswerPlan;
  /** For people: the plan's id and a number. */
  readonly name: string;
  readonly startedMs: number;
  /** When somebody read it: from, and until; a poll counts a lease longer. */
  readonly presence: { readonly fromMs: number; untilMs: number }[] = [];
  /** Stops asked for by anybody but the grace period, in milliseconds of the clock. */
  readonly stopsMs: number[] = [];
  /** When the terminal event was appended. */
  endedMs: number | undefined;
  readonly #world: World;
  readonly #waiting = new Set<{ readonly seq: number }>();

  constructor(world: World, generation: Generation, plan: AnswerPlan, name: string) {
    this.#world = world;
    this.generation = generation;
    this.plan = plan;
    this.name = name;
    this.startedMs = world.clock.now();
    world.verdict.note(name, `starts as ${generation.id}, on disconnect ${JSON.stringify(plan.policy)}`);
  }

  /** Counts a reader until the returned function is called. */
  enter(): (leaseMs?: number) => void {
    const stay = { fromMs: this.#world.clock.now(), untilMs: Number.POSITIVE_INFINITY };
    this.presence.push(stay);
    return (leaseMs = 0) => {
      stay.untilMs = Math.min(stay.untilMs, this.#world.clock.now() + leaseMs);
    };
  }

  /** Waits for the next batch, and is watched while it waits. */
  async waitFor<T>(seq: number, batch: Promise<T>): Promise<T> {
    const wait = { seq };
    this.#waiting.add(wait);
    try {
      return await batch;
    } finally {
      this.#waiting.delete(wait);
    }
  }

  /** Looks between two steps of the world, when everybody who could go on has gone on. */
  probe(): void {
    const { log } = this.generation;
    if (log.terminal && this.endedMs === undefined) {
      this.endedMs = log.timing(log.lastSeq).appendedMs;
      const { type } = log.terminal;
      this.#world.verdict.note(
        this.name,
        `has ended with ${type} at seq ${log.lastSeq}, ${this.endedMs.toFixed(1)} ms`,
      );
    }
    for (const { seq } of this.#waiting) {
      if (!log.terminal && (seq >= log.lastSeq || this.#isCollecting(seq))) continue;
      this.#world.verdict.broken(
        'wakeup',
        `a reader of ${this.name} at seq ${seq} waits; the log is at ${log.lastSeq}`,
      );
      this.#waiting.clear();
    }
  }

  /** Whether what follows `seq` is kept back by the life's flush policy. */
  #isCollecting(seq: number): boolean {
    return typeof this.#world.plan.limits.flush === 'number' && this.generation.log.takeFlushed(seq, 1).length === 0;
  }

  entries(): readonly LogEntry[] {
    return this.generation.log.take(0, Number.POSITIVE_INFINITY);
  }

  /** The event at `seq`, as the log has it. */
  jsonAt(seq: number): string | undefined {
    return seq > this.generation.log.lastSeq ? undefined : this.generation.log.take(seq - 1, 1)[0]?.json;
  }
}
