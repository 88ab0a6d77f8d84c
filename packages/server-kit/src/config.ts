import { readFileSync } from 'node:fs';

import { MAX_FLUSH_MS, parseFlushPolicy, type FlushPolicy } from '@tokenwire/generation-log';
import { DEFAULT_UPSTREAM_LIMITS, type UpstreamLimits } from '@tokenwire/token-source';
import { Command, InvalidArgumentError, Option } from 'commander';

import { DEFAULT_SETTINGS } from './settings.js';
import { Users } from './users.js';

/** What the command line and the environment decide. Durations in milliseconds. */
export interface ServerConfig {
  /** TCP port; 0 takes any free one. */
  readonly port: number;
  /** Address to listen on. The default, loopback, keeps a demonstration off the network. */
  readonly host: string;
  readonly heartbeatMs: number;
  readonly writeStallMs: number;
  readonly nextPollMs: number;
  readonly pollsPerSecond: number;
  /** When events that are there are written. */
  readonly flush: FlushPolicy;
  /** How long running answers may go on after SIGTERM. */
  readonly drainMs: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly maxRunning: number;
  /** Of one user; without users there is no such limit. */
  readonly maxRunningPerUser: number;
  readonly maxConnections: number;
  /** New streams per second, after the first `streamsBurst`. */
  readonly streamsPerSecond: number;
  readonly streamsBurst: number;
  /** Who may use the server; undefined: everybody who can reach it. */
  readonly users: Users | undefined;
  /** Origins whose pages may use the server. */
  readonly allowOrigin: readonly string[];
  /** How long models behind an API may take: see `UpstreamLimits`. */
  readonly upstreamConnectMs: number;
  readonly upstreamFirstTokenMs: number;
  readonly upstreamContentIdleMs: number;
  readonly upstreamTotalMs: number;
  readonly upstreamRetryDelayMs: number;
  readonly timing: boolean;
}

const UPSTREAM = DEFAULT_UPSTREAM_LIMITS;
/** Above it the first retry, up to 25 % later, would exceed `maxRetryDelayMs` and never be made. */
const MAX_RETRY_DELAY_MS = UPSTREAM.maxRetryDelayMs / 1.25;

/** Flag, default, lowest and highest value, what it means. Each is also read from `TOKENWIRE_<FLAG>`. */
const NUMBERS: readonly (readonly [string, number, number, number, string])[] = [
  ['heartbeat-ms', DEFAULT_SETTINGS.heartbeatMs, 10, 3_600_000, 'sign of life on quiet streams'],
  ['write-stall-ms', DEFAULT_SETTINGS.writeStallMs, 10, 3_600_000, 'drop a reader that takes nothing for this long'],
  ['next-poll-ms', DEFAULT_SETTINGS.nextPollMs, 100, 60_000, 'advice to short polling'],
  ['polls-per-second', DEFAULT_SETTINGS.pollsPerSecond, 1, 1_000_000, 'polls of one answer by one client address'],
  ['drain-ms', 25_000, 0, 3_600_000, 'how long running answers may go on after SIGTERM'],
  ['retention-ms', 600_000, 0, 2_147_483_647, 'how long finished answers are kept'],
  ['retention-bytes', 64 * 1024 * 1024, 0, Number.MAX_SAFE_INTEGER, 'how much all answers may hold'],
  ['max-running', 200, 1, 1_000_000, 'generations at the same time'],
  ['max-running-per-user', 4, 1, 1_000_000, 'generations of one user at the same time'],
  ['max-connections', 4_096, 1, 1_000_000, 'connections at the same time'],
  ['streams-per-second', 200, 1, 1_000_000, 'new streams, after the first burst'],
  ['streams-burst', 500, 1, 1_000_000, 'new streams at once'],
  ['upstream-connect-ms', UPSTREAM.connectMs, 10, 3_600_000, 'until the connection to a model stands'],
  ['upstream-first-token-ms', UPSTREAM.firstTokenMs, 10, 3_600_000, 'until a model says something'],
  ['upstream-content-idle-ms', UPSTREAM.contentIdleMs, 10, 3_600_000, 'how long a model may fall silent'],
  ['upstream-total-ms', UPSTREAM.totalMs, 10, 3_600_000, 'how long a whole answer of a model may take'],
  ['upstream-retry-delay-ms', UPSTREAM.retryDelayMs, 0, MAX_RETRY_DELAY_MS, 'before asking a model again'],
];

/**
 * Reads the command line (and `TOKENWIRE_*` variables) of a server.
 * Ends the process with status 2 and a message for an unknown or impossible option.
 */
export function readConfig(name: string, defaultPort: number, argv: readonly string[]): ServerConfig {
  const command = new Command(name).description(`Serves the ${name} transport of tokenwire.`);
  // `PORT` without prefix is what hosting platforms set.
  command.addOption(number('port', defaultPort, 0, 65_535, 'TCP port, 0 for any').env('PORT'));
  command.option('--host <address>', 'address to listen on', '127.0.0.1');
  for (const [flag, value, low, high, help] of NUMBERS) {
    const variable = `TOKENWIRE_${flag.toUpperCase().replaceAll('-', '_')}`;
    command.addOption(number(flag, value, low, high, help).env(variable));
  }
  command.addOption(
    new Option('--flush <policy>', 'when to write events: per tick, per token, or collected for some milliseconds')
      .default('tick')
      .env('TOKENWIRE_FLUSH')
      .argParser(flushPolicy),
  );
  command.option('--users <file>', 'who may use the server: a line name:token for each', usersIn);
  command.addOption(
    new Option('--allow-origin <origin>', 'pages that may use the server; may be given again')
      .default([])
      .env('TOKENWIRE_ALLOW_ORIGIN')
      .argParser(origins),
  );
  command.option('--timing', 'offer GET /generations/:id/timing, which benchmarks need', false);
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const config = command.parse([...argv], { from: 'user' }).opts<ServerConfig>();
  return { ...config, users: config.users ?? usersInVariable(command) };
}

/** A file, because what stands on a command line can be read by everybody on the machine. */
function usersIn(path: string): Users {
  try {
    return new Users(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function usersInVariable(command: Command): Users | undefined {
  const text = process.env['TOKENWIRE_USERS'];
  if (text === undefined || text === '') return undefined;
  try {
    return new Users(text);
  } catch (error) {
    return command.error(`error: TOKENWIRE_USERS: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function flushPolicy(text: string): FlushPolicy {
  const policy = parseFlushPolicy(text);
  if (policy !== undefined) return policy;
  throw new InvalidArgumentError(`Must be tick, token or a whole number of milliseconds from 1 to ${MAX_FLUSH_MS}.`);
}

function origins(text: string, earlier: readonly string[]): readonly string[] {
  const added = text.split(',').map((origin) => origin.trim());
  for (const origin of added) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw new InvalidArgumentError('Must be an origin such as https://app.example, without a path.');
  }
  return [...earlier, ...added];
}

/** What the configuration says about upstreams, in the form that token sources take. */
export function upstreamLimitsOf(config: ServerConfig): Partial<UpstreamLimits> {
  return {
    connectMs: config.upstreamConnectMs,
    firstTokenMs: config.upstreamFirstTokenMs,
    contentIdleMs: config.upstreamContentIdleMs,
    totalMs: config.upstreamTotalMs,
    retryDelayMs: config.upstreamRetryDelayMs,
  };
}

function number(flag: string, value: number, low: number, high: number, help: string): Option {
  return new Option(`--${flag} <n>`, help).default(value).argParser((text) => {
    const parsed = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (parsed >= low && parsed <= high) return parsed;
    throw new InvalidArgumentError(`Must be a whole number from ${low} to ${high}.`);
  });
}
