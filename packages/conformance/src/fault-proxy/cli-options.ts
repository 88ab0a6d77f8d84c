import { parseArgs } from 'node:util';

import type { ConnectionFaults, DirectionFaults, Ending, Plan } from './faults.js';
import { scheduledFaults } from './schedule.js';

export const USAGE = `A TCP proxy on loopback that breaks what passes it.

  npm run fault-proxy -- <url> [options]

  <url>                 the server behind it, as in http://127.0.0.1:4000
  --port N              port to listen on; default 0: a free one, named in the first line

What the server sends (with --both-ways: what clients send, too):
  --latency MS          delay of each piece
  --jitter MS           the delay varies by so much, up and down
  --rate N              bandwidth in bytes per second
  --slice N             segments of at most N bytes
  --coalesce N          hold until there are N bytes; "all": until the server ends
  --coalesce-ms MS      hold for so long at most

Ends. HOW is fin (closed in good order), rst (reset) or blackhole (open, and silent):
  --cut-down N:HOW      after N bytes from the server, on every connection
  --cut-up N:HOW        after N bytes from the client
  --blackhole-down      nothing from the server passes
  --blackhole-up        nothing from the client passes
  --idle-kill MS        reset a connection after so long without a byte
  --refuse              accept connections, and reset them at once
  --flap UP:DOWN        for UP ms there, then for DOWN ms gone, and so on

Chance:
  --scheduled           random faults, other ones for each connection, instead of all above but --flap
  --seed N              the same seed gives the same faults; default 0
  --help
`;

/** What the command line asks for. */
export interface CliOptions {
  readonly url: string;
  readonly port: number;
  readonly seed: number;
  readonly faults: Plan;
  readonly flap?: readonly [upMs: number, downMs: number];
}

const OPTIONS = {
  port: { type: 'string' },
  latency: { type: 'string' },
  jitter: { type: 'string' },
  rate: { type: 'string' },
  slice: { type: 'string' },
  coalesce: { type: 'string' },
  'coalesce-ms': { type: 'string' },
  'both-ways': { type: 'boolean' },
  'cut-down': { type: 'string' },
  'cut-up': { type: 'string' },
  'blackhole-down': { type: 'boolean' },
  'blackhole-up': { type: 'boolean' },
  'idle-kill': { type: 'string' },
  refuse: { type: 'boolean' },
  flap: { type: 'string' },
  scheduled: { type: 'boolean' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

/**
 * Reads a command line. `help` when that is all it asks for.
 * @throws {Error} that says what is wrong and what to write instead.
 */
export function readCliOptions(args: readonly string[]): CliOptions | 'help' {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help === true) return 'help';
  const [url = '', ...rest] = positionals;
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:' || rest.length > 0) {
    throw new Error('Name one server, as in http://127.0.0.1:4000.');
  }
  const seed = whole('--seed', values.seed, { most: 2 ** 32 - 1 }) ?? 0;
  return {
    url,
    port: whole('--port', values.port, { most: 65_535 }) ?? 0,
    seed,
    faults: values.scheduled === true ? scheduledFaults(seed) : connectionFaults(values),
    ...(values.flap === undefined ? {} : { flap: flap(values.flap) }),
  };
}

function connectionFaults(values: Values): ConnectionFaults {
  const shared = sharedFaults(values);
  const idleKillMs = whole('--idle-kill', values['idle-kill'], { least: 1 });
  return {
    up: {
      ...(values['both-ways'] === true ? shared : {}),
      ...(values['blackhole-up'] === true ? { blackhole: true } : {}),
      ...cut('--cut-up', values['cut-up']),
    },
    down: {
      ...shared,
      ...(values['blackhole-down'] === true ? { blackhole: true } : {}),
      ...cut('--cut-down', values['cut-down']),
    },
    ...(values.refuse === true ? { refuse: true } : {}),
    ...(idleKillMs === undefined ? {} : { idleKillMs }),
  };
}

function sharedFaults(values: Values): DirectionFaults {
  const all = {
    latencyMs: whole('--latency', values.latency),
    jitterMs: whole('--jitter', values.jitter),
    bytesPerSecond: whole('--rate', values.rate, { least: 1 }),
    sliceBytes: whole('--slice', values.slice, { least: 1 }),
    coalesceBytes: values.coalesce === 'all' ? Infinity : whole('--coalesce', values.coalesce, { least: 1 }),
    coalesceMs: whole('--coalesce-ms', values['coalesce-ms'], { least: 1 }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function cut(option: string, text: string | undefined): Pick<DirectionFaults, 'cutAtByte'> {
  if (text === undefined) return {};
  const [, at = '', how = ''] = /^(\d{1,15}):(fin|rst|blackhole)$/.exec(text) ?? [];
  if (how === '') throw new Error(`${option} takes a number of bytes and how to end, as in 1000:rst.`);
  return { cutAtByte: { at: Number(at), how: how as Ending } };
}

function flap(text: string): readonly [number, number] {
  const [, up = '', down = ''] = /^([1-9]\d{0,8}):([1-9]\d{0,8})$/.exec(text) ?? [];
  if (down === '') throw new Error('--flap takes two times in milliseconds, as in 5000:1000.');
  return [Number(up), Number(down)];
}

function whole(option: string, text: string | undefined, { least = 0, most = 2 ** 31 - 1 } = {}): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${option} takes a whole number from ${least} to ${most}.`);
}
