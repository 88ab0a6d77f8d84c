import type { StopReceipt } from '@tokenwire/protocol';
import type { Control } from '../control/control.js';
import type { PaneHandle } from '../pane/handle.js';
import { MAX_CONNECTIONS, holdsConnection, requestsSeen, waitsInBrowser } from './connections.js';
import { observerOf } from './pane-observer.js';

/** What of a pane a stop needs. */
export type Stoppable = Pick<PaneHandle, 'key' | 'title' | 'record' | 'pace' | 'stream'>;

/** How long, and how often, it is looked whether a stream has its connection again. */
const LOOKS = 40;
const LOOK_EVERY_MS = 50;

const stopping = new WeakMap<object, number>();

/** Since when a stop of this pane has been under way, in milliseconds of `performance.now`. */
export function stoppingSince({ record }: Pick<Stoppable, 'record'>): number | undefined {
  return stopping.get(record);
}

/**
 * Stops a pane's answer, also when all connections of the browser are taken. A stop is a request of its own, and would
 * wait behind the very streams it is to end. So one stream gives its connection away meanwhile, if possible the one that
 * is to be stopped; requests that wait already step back, because browsers serve them in their order. All of them read on
 * afterwards, each from its cursor.
 *
 * @returns undefined when the server had not been asked anything, so that there was nothing to stop.
 * @throws {TokenwireError} as `stream.stop` does.
 */
export async function stopPane(
  pane: Stoppable,
  panes: readonly Stoppable[],
  control: Pick<Control, 'on' | 'offset'>,
): Promise<StopReceipt | undefined> {
  const seen = requestsSeen(control);
  const holders = panes.filter((other) => holdsConnection(other, seen));
  const waiters = panes.filter((other) => waitsInBrowser(other, seen) !== undefined);
  const waiting = waiters.includes(pane);
  if (waiting && pane.record.id === undefined && seen.of(pane.record.lane) === undefined) {
    pane.stream().detach();
    observerOf(pane.record)?.did('Stopped before the server was asked: the request never left the browser.');
    return undefined;
  }
  const lender = holders.includes(pane) ? pane : holders.at(-1);
  const full = holders.length >= MAX_CONNECTIONS || waiters.length > 0;
  const paused = full && lender ? [lender, ...waiters.filter((waiter) => waiter !== lender)] : [];
  stopping.set(pane.record, performance.now());
  for (const other of paused) {
    observerOf(other.record)?.did(`All connections are taken: this pane steps back while ${pane.title} is stopped.`);
    other.stream().detach();
  }
  try {
    return await pane.stream().stop();
  } finally {
    stopping.delete(pane.record);
    void readOn(paused);
  }
}

/** The first one gave its connection away and gets it back; those who were waiting wait again. */
async function readOn([lender, ...waiters]: readonly Stoppable[]): Promise<void> {
  if (!lender) return;
  lender.stream().resume();
  for (let looks = 0; looks < LOOKS && lender.record.status === 'connecting'; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  for (const waiter of waiters) waiter.stream().resume();
}

/**
 * Stops all that run. Those that have not reached the server are left first, so that nobody has to step back for them.
 * @returns what could not be stopped, and why.
 */
export async function stopPanes(
  panes: readonly Stoppable[],
  control: Pick<Control, 'on' | 'offset'>,
): Promise<readonly Error[]> {
  const seen = requestsSeen(control);
  const stops = panes
    .filter((pane) => pane.record.running)
    .sort((a, b) => Number(waitsInBrowser(b, seen) !== undefined) - Number(waitsInBrowser(a, seen) !== undefined))
    .map((pane) => stopPane(pane, panes, control));
  const results = await Promise.allSettled(stops);
  return results.flatMap((result) => (result.status === 'rejected' ? (result.reason as Error) : []));
}
