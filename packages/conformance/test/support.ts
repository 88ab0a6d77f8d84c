import { fileURLToPath } from 'node:url';

import { MODES, transportOf, type Mode } from '@tokenwire/protocol';

import { CLIENTS, startServer, Upstream, type RunningServer, type Target } from '../src/index.js';

/** Script of a built server; servers are only ever run, never imported. */
function mainOf(app: string): string {
  return fileURLToPath(new URL(`../../../apps/${app}/dist/main.js`, import.meta.url));
}

/**
 * Short polling at the shortest advice a server gives, so that the suite does not wait for polls; room for all answers
 * of a suite, so that none is forgotten while others are counted.
 */
const SERVER_ARGS = ['--next-poll-ms', '100', '--retention-bytes', String(512 * 1024 * 1024)] as const;

/** A server with everything that requirements may need. */
export interface TestBed {
  /** The targets that this server is: one, or all modes of the combined server. */
  readonly targets: readonly Target[];
  /** Ends everything. @throws unless the server ends with status 0. */
  readonly close: () => Promise<void>;
}

/** Starts the server of one mode. */
export function bedOf(mode: Mode): Promise<TestBed> {
  return startBed(`server-${transportOf[mode]}`, [mode]);
}

/** Starts the combined server. */
export function combinedBed(): Promise<TestBed> {
  return startBed('playground', MODES);
}

async function startBed(app: string, modes: readonly Mode[]): Promise<TestBed> {
  const upstream = await Upstream.start();
  const env = { TOKENWIRE_COMPATIBLE_URL: upstream.url };
  const launch = (args: readonly string[]): Promise<RunningServer> =>
    startServer(mainOf(app), { args: [...SERVER_ARGS, ...args], env });
  const server = await launch([]);
  const all = modes.length > 1 ? { clients: CLIENTS } : {};
  const targets = modes.map((mode) => ({ mode, url: server.url, open: CLIENTS[mode], upstream, launch, ...all }));
  return {
    targets,
    async close() {
      const status = await server.stop();
      await upstream.close();
      if (status !== 0) throw new Error(`${app} ended with status ${status} after SIGTERM`);
    },
  };
}
