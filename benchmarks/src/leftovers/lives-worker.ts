import { parentPort, workerData } from 'node:worker_threads';

import { MODES } from '@tokenwire/protocol';

import { liveOnce, LIVES } from './live-once.js';

/** What the thread is told to do. */
export interface LivesOrder {
  readonly url: string;
  /** Lives in all, taking turns over the modes and the ways of living. */
  readonly count: number;
  readonly parallel: number;
}

const { url, count, parallel } = workerData as LivesOrder;
let next = 0;

async function work(): Promise<void> {
  for (let index = next++; index < count; index = next++) {
    const life = LIVES[Math.floor(index / MODES.length) % LIVES.length] ?? 'read';
    await liveOnce(url, MODES[index % MODES.length] ?? 'chunked', life);
    if (index > 0 && index % 1_000 === 0) parentPort?.postMessage(index);
  }
}

await Promise.all(Array.from({ length: parallel }, work));
// Kept-alive connections would keep the thread too.
process.exit(0);
