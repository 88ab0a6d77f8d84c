import { getEventListeners } from 'node:events';

import type { World } from '../world.js';

/** At the end of a life, when all retention is over, everything is back where it was. */
export function checkLeftovers(world: World): void {
  const left = (what: string): void => world.verdict.broken('leftover', what);
  for (const name of world.open) world.verdict.broken('settles', `never ended: ${name}`);
  for (const { generations } of world.registries) {
    const { tokens: _, ...sizes } = generations.stats();
    for (const [name, size] of Object.entries(sizes)) if (size !== 0) left(`${size} ${name} in the registry`);
  }
  for (const { generation, name, presence } of world.answers) {
    if (generation.log.readerCount > 0) left(`${generation.log.readerCount} readers of the log of ${name}`);
    if (generation.readers !== 0) left(`${generation.readers} readers counted for ${name}`);
    if (presence.some(({ untilMs }) => untilMs === Infinity)) left(`a reader of ${name} that a server never let go`);
  }
  for (const { answer, closedMs, signal } of world.calls) {
    if (closedMs === undefined) left(`the connection to the model of ${answer.id}`);
    world.watch(signal, `the call of ${answer.id}`);
  }
  for (const [signal, name] of world.signals) {
    const count = getEventListeners(signal, 'abort').length;
    if (count > 0) left(`${count} listeners on the signal of ${name}`);
  }
}
