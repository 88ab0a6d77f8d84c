import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Generations, type GenerationsOptions } from '@tokenwire/generation-log';
import { TokenwireError } from '@tokenwire/protocol';
import { createSources, loadTiny, sourcesConfigFromEnv } from '@tokenwire/token-source';

import { createApp, type Mounted } from './app.js';
import { answerClientError } from './client-error.js';
import { readConfig, upstreamLimitsOf, type ServerConfig } from './config.js';
import { Connections } from './connections.js';
import { drainOnSignal } from './drain.js';
import { toTokenwireError } from './errors.js';
import { checkHost, isLoopback } from './host-check.js';
import { logToStderr } from './log-line.js';
import { checkOrigin } from './origin-check.js';
import { sendRawError } from './raw-error.js';
import { SERVER_OPTIONS } from './server-options.js';
import { DEFAULT_SETTINGS, type TransportSettings } from './settings.js';
import { Tickets } from './tickets.js';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.js';

export interface ServeOptions {
  /** For the usage text. */
  readonly name: string;
  readonly defaultPort: number;
  /** Makes the transport over the registry. */
  readonly mount: (generations: Generations, settings: TransportSettings) => Mounted;
  /** The last word on the registry's options: wraps the models, or names answers. Default: none. */
  readonly adjust?: (options: GenerationsOptions) => GenerationsOptions;
  /** Default: the process's own arguments. */
  readonly argv?: readonly string[];
}

/**
 * The body of every server's `main.ts`: reads the configuration, listens, prints
 * `listening http://HOST:PORT` as the first line of standard output, and ends cleanly on SIGTERM and SIGINT.
 * Ends the process with status 1 when it cannot listen, and says why.
 */
export function serve({ name, defaultPort, mount, adjust = same, argv = process.argv.slice(2) }: ServeOptions): void {
  const config = readConfig(name, defaultPort, argv);
  // The embedded model learns its text before anybody can ask, so that no first answer waits for it.
  loadTiny();
  const sources = createSources({ ...sourcesConfigFromEnv(process.env), limits: upstreamLimitsOf(config) });
  const options: GenerationsOptions = {
    ...config,
    maxRunningPerOwner: config.maxRunningPerUser,
    resolve: (model) => sources.resolve(model),
    onInternalError: (error) => logToStderr({ level: 'error', code: 'internal', cause: stackOf(error) }),
  };
  const generations = new Generations(adjust(options));
  const draining = new AbortController();
  const settings = settingsOf(config, generations, draining.signal);
  const transport = mount(generations, settings);
  const server = createServer(SERVER_OPTIONS);
  const { clock } = generations;
  const connections = new Connections(server, { clock, max: config.maxConnections, writeStallMs: config.writeStallMs });
  const rules = { loopbackOnly: isLoopback(config.host), allowOrigin: config.allowOrigin };
  const app = createApp({ generations, settings, transport, connections, timing: config.timing, ...rules });
  server.on('request', (req, res) => void (connections.admit(req, res) && app(req, res)));
  server.on('clientError', answerClientError);
  if (transport.upgrade) server.on('upgrade', guarded(transport.upgrade, rules));
  drainOnSignal({ server, generations, transport, draining, drainMs: config.drainMs, close: () => sources.close() });
  listen(config, server);
}

function same(options: GenerationsOptions): GenerationsOptions {
  return options;
}

/** The same checks for upgrades, which never reach the application. */
function guarded(
  upgrade: NonNullable<Mounted['upgrade']>,
  { loopbackOnly, allowOrigin: allowed }: { readonly loopbackOnly: boolean; readonly allowOrigin: readonly string[] },
): NonNullable<Mounted['upgrade']> {
  return (req, tcp, head) => {
    try {
      checkHost(req, loopbackOnly);
      checkOrigin(req, { allowed, loopbackOnly });
    } catch (error) {
      return sendRawError(tcp, toTokenwireError(error));
    }
    return upgrade(req, tcp, head);
  };
}

function settingsOf(config: ServerConfig, { clock }: Generations, draining: AbortSignal): TransportSettings {
  const { heartbeatMs, writeStallMs, nextPollMs, pollsPerSecond, users } = config;
  return {
    ...DEFAULT_SETTINGS,
    heartbeatMs,
    writeStallMs,
    nextPollMs,
    pollsPerSecond,
    draining,
    ...(users ? { ownerOf: users.ownerOf, ownerOfToken: users.ownerOfToken } : {}),
    tickets: new Tickets({ clock }),
    admitStream: streamGate({ clock, perSecond: config.streamsPerSecond, burst: config.streamsBurst }),
  };
}

/**
 * Lets new streams in at a rate: when a thousand clients come back at once, those that are in are served well, and the
 * others are told when to come.
 */
export function streamGate(options: TokenBucketOptions): () => void {
  const bucket = new TokenBucket(options);
  return () => {
    const waitMs = bucket.take();
    if (waitMs === 0) return;
    const retryAfterMs = Math.max(1_000, waitMs);
    throw new TokenwireError('overloaded', 'Too many streams were opened at once; try again later.', { retryAfterMs });
  };
}

function listen(config: ServerConfig, server: Server): void {
  server.on('error', (error: NodeJS.ErrnoException) => {
    const hint =
      error.code === 'EADDRINUSE' ? `port ${config.port} is in use; choose another with --port N` : error.message;
    process.stderr.write(`cannot listen: ${hint}\n`);
    process.exit(1);
  });
  server.listen(config.port, config.host, () => {
    const { address, port, family } = server.address() as AddressInfo;
    const host = family === 'IPv6' ? `[${address}]` : address;
    process.stdout.write(`listening http://${host}:${port}\n`);
    logToStderr({ level: 'info', event: 'boot', ...config });
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
