import type { Control } from '../control/control.js';
import type { PaneHandle } from '../pane/handle.js';
import type { PaneRecord } from '../pane/pane-record.js';
import { type Effect, merged } from './effect.js';
import { observerOf } from './pane-observer.js';

/** What of a pane its conditions need. */
export type Sufferer = Pick<PaneHandle, 'record' | 'pace'>;
export type Asker = Pick<Control, 'ask'>;

interface Held {
  readonly effect: Effect;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/** By record: a pane's next answer gets a lane of its own, and begins unbroken. */
const held = new WeakMap<PaneRecord, Map<string, Held>>();

/** The ids of the faults that hold a pane now. */
export function standing(record: PaneRecord): readonly string[] {
  return [...(held.get(record)?.keys() ?? [])];
}

/**
 * Makes a condition hold, beside those that hold already, until `release`, or for `forMs` milliseconds.
 * @throws {Error} with the host's words; nothing holds then that did not before.
 */
export async function hold(pane: Sufferer, control: Asker, effect: Effect, forMs?: number): Promise<void> {
  const all = held.get(pane.record) ?? new Map<string, Held>();
  held.set(pane.record, all);
  const before = all.get(effect.id);
  clearTimeout(before?.timer);
  all.set(effect.id, { effect, timer: undefined });
  try {
    await impose(pane, control, effect);
  } catch (error) {
    all.delete(effect.id);
    throw error;
  }
  const timer = forMs === undefined ? undefined : setTimeout(() => void releaseInTime(pane, control, effect.id), forMs);
  all.set(effect.id, { effect, timer });
  observerOf(pane.record)?.began(effect);
}

/**
 * Ends conditions; without `id`, all of them.
 * @throws {Error} with the host's words; what concerns the line holds on then.
 */
export async function release(pane: Sufferer, control: Asker, id?: string): Promise<void> {
  const all = held.get(pane.record);
  const ending = [...(all?.values() ?? [])].filter(({ effect }) => id === undefined || effect.id === id);
  for (const { effect } of ending) all?.delete(effect.id);
  const ended = ending.map(({ effect }) => observerOf(pane.record)?.ending(effect.id));
  try {
    for (const { effect } of ending) await impose(pane, control, effect);
  } catch (error) {
    for (const entry of ending) all?.set(entry.effect.id, entry);
    throw error;
  }
  for (const { timer } of ending) clearTimeout(timer);
  for (const tell of ended) tell?.();
}

/** The host has closed all lanes, with everything that was done to them. What the page does by itself holds on. */
export function forgetLine(record: PaneRecord): void {
  for (const [id, { effect, timer }] of held.get(record) ?? []) {
    if (effect.conditions === undefined) continue;
    clearTimeout(timer);
    held.get(record)?.delete(id);
  }
}

/** Nobody waits for it, so what goes wrong is told in the pane. */
async function releaseInTime(pane: Sufferer, control: Asker, id: string): Promise<void> {
  try {
    await release(pane, control, id);
  } catch (error) {
    if (pane.record.running) pane.record.note('line', `Could not be repaired in time: ${(error as Error).message}`);
  }
}

/** Brings line and reader into the state that everything that holds now asks for together. */
async function impose({ record, pace }: Sufferer, control: Asker, changed: Effect): Promise<void> {
  const effects = [...(held.get(record)?.values() ?? [])].map(({ effect }) => effect);
  if (changed.delayMs !== undefined) pace.delayMs = Math.max(0, ...effects.map(({ delayMs = 0 }) => delayMs));
  if (changed.conditions === undefined) return;
  const conditions = merged(effects.map((effect) => effect.conditions));
  await control.ask({ type: 'conditions', lane: record.lane, conditions });
}
