import { setTimeout as sleep } from 'node:timers/promises';

import { finder, seconds } from '../diagnose/answers.js';
import { ask, below, type Context, type ProbeResult } from './context.js';
import { EventNotes } from './events.js';
import { STALLED } from './idle.js';
import { STREAM_TYPES } from './streams.js';

/** How long a reader reads before it leaves, and how long the server may take to notice, in milliseconds. */
const READ_MS = 1_000;
const NOTICE_MS = 10_000;
const PROBE_INTERVAL_MS = 100;

/** Whether the server learns that a reader has left while nothing is said: else a model goes on, and is paid for. */
export async function probeDeparture(context: Context, mode: keyof typeof STREAM_TYPES): Promise<ProbeResult> {
  const name = 'reader who leaves';
  const find = finder(name);
  context.progress('leaving a silent stream');
  const notes = new EventNotes();
  const request = {
    url: below(context, '/generations'),
    method: 'POST',
    headers: { accept: STREAM_TYPES[mode], 'content-type': 'application/json' },
    body: JSON.stringify(STALLED),
  };
  await ask(context, request, { limitMs: READ_MS, onUnit: notes.unit });
  const [id] = notes.ids;
  // What holds the answer back is found by other probes.
  if (id === undefined) return { name, findings: [], judged: true };
  const leftAt = performance.now();
  while (performance.now() - leftAt < NOTICE_MS && !context.signal.aborted) {
    const url = below(context, `/generations/${id}`);
    const snapshot = await ask(context, { url, headers: { accept: 'application/json' } });
    const status = snapshot.kind === 'answer' ? /"status":"(\w+)"/.exec(snapshot.head)?.[1] : undefined;
    if (status !== 'running') return { name, findings: [], judged: true };
    await sleep(PROBE_INTERVAL_MS);
  }
  await ask(context, { url: below(context, `/generations/${id}/stop`), method: 'POST' });
  const evidence = `${seconds(NOTICE_MS)} after its only reader had left, the answer was still being produced`;
  return { name, findings: [find('departure-unnoticed', evidence)], judged: true };
}
