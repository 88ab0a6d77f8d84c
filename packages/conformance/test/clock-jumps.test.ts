import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, expect, it } from 'vitest';

import { eventually } from '../src/index.js';
import { at, ENDLESS, PACED, snapshot, start, stop } from '../src/harness/answers.js';
import { checkLog } from '../src/harness/check.js';
import { read, readSome } from '../src/harness/reading.js';
import { combinedBed } from './support.js';

/** Loaded before the server: its wall clock jumps between yesterday and tomorrow. */
const PRELOAD = fileURLToPath(new URL('./jumping-clock.mjs', import.meta.url));
const NODE_OPTIONS = `--import=${PRELOAD}`;
const GRACE_MS = 1_000;

const bed = await combinedBed({ args: ['--heartbeat-ms', '1000'], env: { NODE_OPTIONS } });
afterAll(() => bed.close());

it('The wall clock of that server does jump', async () => {
  const env = { ...process.env, NODE_OPTIONS };
  const code = 'console.log(Math.abs(Date.now() - Date.now()) + Math.abs(new Date() - new Date()))';
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', code], { env });
  expect(Number(stdout)).toBeGreaterThan(86_400_000);
});

it.concurrent.each(bed.targets)(
  'While it jumps, an answer over $mode is read without an interruption',
  async (target) => {
    const { events, error, stream } = await read(target, { request: PACED });
    expect(error).toBeUndefined();
    checkLog(events);
    expect(events.at(-1)?.type).toBe('message_stop');
    expect(stream.reconnects).toBe(0);
    expect((await read(target, { after: at(stream.id ?? '', 0) })).events).toEqual(events);
  },
);

it.concurrent.each(bed.targets)(
  'While it jumps, a reader over $mode has the grace period that it was told',
  async (target) => {
    const id = await start(target, { ...ENDLESS, onDisconnect: { graceMs: GRACE_MS } });
    await readSome(target.open({ url: target.url, after: at(id, 0) }), 5);
    const leftAt = performance.now();
    await eventually('it is cancelled', async () => (await snapshot(target, id)).status === 'cancelled');
    expect(performance.now() - leftAt).toBeGreaterThan(GRACE_MS / 2);
    expect((await stop(target, id)).alreadyDone).toBe(true);
  },
);
