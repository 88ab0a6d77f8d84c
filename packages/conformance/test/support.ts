import { fileURLToPath } from 'node:url';

import { MODES, transportOf, type Mode } from '@tokenwire/protocol';
import { it } from 'vitest';

import { cellsOf, CLIENTS, startServer, Upstream, type Cell, type RunningServer, type Target } from '../src/index.js';

/** Script of a built server; servers are only ever run, never imported. */
function mainOf(app: string): string {
  return fileURLToPath(new URL(`../../../apps/${app}/dist/main.js`, import.meta.url));
}

/**
 * Short polling at the shortest advice a server gives, so that the suite does not wait for polls; room for all answers
 * of a suite, so that none is forgotten while others are counted; and no limit to how fast a fast machine may test.
 */
const SERVER_ARGS = [
  ...['--next-poll-ms', '100', '--retention-bytes', String(512 * 1024 * 1024)],
  ...['--streams-burst', '1000000', '--streams-per-second', '1000000'],
] as const;

/** A server with everything that requirements may need. */
export interface TestBed {
  readonly server: RunningServer;
  /** The targets that this server is: one, or all modes of the combined server. */
  readonly targets: readonly Target[];
  /** Ends everything. @throws unless the server ends with status 0. */
  readonly close: () => Promise<void>;
}

/**
 * Makes a test of each requirement. Those that start servers of their own wait most of the time and share nothing, so
 * some of them run at once, after all others.
 */
export function askAll(target: Target): void {
  const startsServers = ({ requirement }: Cell): boolean => requirement.needs?.includes('launch') ?? false;
  const cells = cellsOf(target);
  for (const { title, run } of cells.filter((cell) => !startsServers(cell))) it(title, run);
  for (const { title, run } of cells.filter(startsServers)) it.concurrent(title, run);
}

/** How the server of a test bed is started, beside what all are started with. */
export interface BedOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the server of one mode. */
export function bedOf(mode: Mode): Promise<TestBed> {
  return startBed(`server-${transportOf[mode]}`, [mode]);
}

/** Starts the combined server. */
export function combinedBed(options?: BedOptions): Promise<TestBed> {
  return startBed('playground', MODES, options);
}

async function startBed(
  app: string,
  modes: readonly Mode[],
  { args = [], env = {} }: BedOptions = {},
): Promise<TestBed> {
  const upstream = await Upstream.start();
  const start = (more: readonly string[], moreEnv = {}): Promise<RunningServer> =>
    startServer(mainOf(app), {
      args: [...SERVER_ARGS, ...more],
      env: { TOKENWIRE_COMPATIBLE_URL: upstream.url, ...moreEnv },
    });
  const server = await start(args, env);
  const launch: Target['launch'] = (more) => start(more);
  const all = modes.length > 1 ? { clients: CLIENTS } : {};
  const targets = modes.map((mode) => ({ mode, url: server.url, open: CLIENTS[mode], upstream, launch, ...all }));
  return {
    server,
    targets,
    async close() {
      const status = await server.stop();
      await upstream.close();
      if (status !== 0) throw new Error(`${app} ended with status ${status} after SIGTERM`);
    },
  };
}
