import { fileURLToPath } from 'node:url';

import { CLIENTS, eventually, startServer } from '@tokenwire/conformance';

import { figuresOf, type TimingRow } from '../compare/figures.js';
import { askJson } from '../compare/http.js';
import { measureStream, type StreamRecord } from '../compare/measure-stream.js';
import { metricsOf } from '../server-metrics.js';
import { Crowd, LONG_TOKENS, type CrowdMode } from './crowd.js';

/** What the crowd does while the honest readers are measured. */
export const PHASES = ['nobody', 'reading', 'stalled'] as const;
export type Phase = (typeof PHASES)[number];

export interface TrialOptions {
  readonly mode: CrowdMode;
  readonly phase: Phase;
  /** Readers in the crowd. */
  readonly crowd: number;
  /** Readers that are measured, each of an answer of its own. */
  readonly honest: number;
}

export interface Trial {
  readonly mode: CrowdMode;
  readonly phase: Phase;
  /** Most resident memory of the server, from the crowd's coming to the end. */
  readonly rssBytes: number;
  /** From the moment in which a token was due to its arrival, in milliseconds, of all honest readers. */
  readonly latenciesMs: readonly number[];
}

const SERVER = {
  chunked: 'server-chunked',
  sse: 'server-sse',
  websocket: 'server-websocket',
} as const satisfies Record<CrowdMode, string>;

const UNLIMITED = '1000000';
const ARGS = [
  '--timing',
  '--drain-ms=0',
  '--write-stall-ms=3600000',
  `--max-running=${UNLIMITED}`,
  `--max-connections=${UNLIMITED}`,
  `--streams-burst=${UNLIMITED}`,
  `--streams-per-second=${UNLIMITED}`,
];

/** Falls silent half-way, and then goes on for ever without a word. */
const LONG = {
  prompt: 'x',
  model: 'sim/stall',
  maxTokens: 2 * LONG_TOKENS,
  cadence: 'instant',
  onDisconnect: 'continue',
};
/** What the honest read. */
const TALK = { prompt: 'x', model: 'sim', maxTokens: 60, cadence: { ttftMs: 500, tokensPerSecond: 20, jitter: 0.3 } };

const SETTLE_LIMIT_MS = 300_000;
/** CPU of the server in a second that counts as rest. */
const REST_SECONDS = 0.05;

/** One server, one crowd, one measurement. */
export async function runTrial({ mode, phase, crowd: count, honest }: TrialOptions): Promise<Trial> {
  const script = fileURLToPath(new URL(`../../../apps/${SERVER[mode]}/dist/main.js`, import.meta.url));
  const server = await startServer(script, { args: ARGS });
  let crowd: Crowd | undefined;
  let rssBytes = 0;
  const look = async (): Promise<void> => {
    rssBytes = Math.max(rssBytes, (await metricsOf(server.url)).get('process_resident_memory_bytes') ?? 0);
  };
  try {
    const id = await startLong(server.url);
    if (phase !== 'nobody') crowd = new Crowd(server.url, mode, id, { count, reads: phase === 'reading' });
    await settle(server.url, crowd, count);
    await look();
    const readings = Promise.all(Array.from({ length: honest }, () => read(server.url, mode)));
    const watch = setInterval(() => void look().catch(() => {}), 500);
    const records = await readings.finally(() => clearInterval(watch));
    await look();
    const latenciesMs = (await Promise.all(records.map((record) => latenciesOf(server.url, record)))).flat();
    return { mode, phase, rssBytes, latenciesMs };
  } finally {
    await crowd?.leave();
    await server.stop();
  }
}

async function startLong(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(LONG) };
  const { id } = await askJson<{ id: string }>(`${url}/generations`, init);
  const tokens = async (): Promise<number> => (await metricsOf(url)).get('tokenwire_tokens_total') ?? 0;
  await eventually('the long answer is there', async () => (await tokens()) >= LONG_TOKENS, SETTLE_LIMIT_MS);
  return id;
}

/** Waits until everybody has come, and the server has nothing more to do for them. */
async function settle(url: string, crowd: Crowd | undefined, count: number): Promise<void> {
  if (crowd) await eventually('the crowd has come', () => crowd.connected === count, SETTLE_LIMIT_MS);
  let [cpu, atMs, bytes] = [Number.NEGATIVE_INFINITY, 0, 0];
  const resting = async (): Promise<boolean> => {
    if (performance.now() - atMs < 1_000) return false;
    const metrics = await metricsOf(url);
    const now =
      (metrics.get('process_cpu_user_seconds_total') ?? 0) + (metrics.get('process_cpu_system_seconds_total') ?? 0);
    const moved = (crowd?.bytes ?? 0) !== bytes;
    const rests = now - cpu < REST_SECONDS && !moved;
    [cpu, atMs, bytes] = [now, performance.now(), crowd?.bytes ?? 0];
    return rests;
  };
  await eventually('the server rests', resting, SETTLE_LIMIT_MS);
}

function read(url: string, mode: CrowdMode): Promise<StreamRecord> {
  return measureStream(CLIENTS[mode], { url, request: TALK });
}

async function latenciesOf(url: string, record: StreamRecord): Promise<readonly number[]> {
  const { events } = await askJson<{ events: readonly TimingRow[] }>(`${url}/generations/${record.id}/timing`);
  return figuresOf(record, events).deliveryMs;
}
