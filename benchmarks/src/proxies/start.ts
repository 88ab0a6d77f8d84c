import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { InvalidMeasurement } from '../compare/failures.js';
import { startTied, type TiedProcess } from '../run/tied-process.js';
import { configOf } from './config.js';
import { ENVIRONMENT, howToGet, PROGRAMS, versionOf } from './programs.js';
import type { Program, RunningProxy, Variant } from './proxy.js';

/** Another program may take the port between the moment in which the system names it and its use. */
const ATTEMPTS = 3;
const START_LIMIT_MS = 30_000;
const PROBE_INTERVAL_MS = 20;
/** What the three say about a port that is taken. */
const TAKEN = /address already in use|cannot bind socket/i;

/** Starts a program in front of a server. See `Proxy.start`. */
export async function startProxy(program: Program, variant: Variant, serverUrl: string): Promise<RunningProxy> {
  if (versionOf(program) === undefined) throw new InvalidMeasurement(howToGet(program));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(program, variant, serverUrl);
    } catch (error) {
      if (attempt === ATTEMPTS || !TAKEN.test(String(error))) throw error;
    }
  }
}

async function startOnce(program: Program, variant: Variant, serverUrl: string): Promise<RunningProxy> {
  const port = await freePort();
  const config = configOf(program, variant, port, serverUrl);
  const folder = await mkdtemp(join(tmpdir(), `tokenwire-${program}-`));
  // Workers that are not root any more keep large requests in it.
  await chmod(folder, 0o755);
  const { files, command } = PROGRAMS[program];
  for (const [name, text] of Object.entries({ ...files(folder, variant === 'h2'), site: config })) {
    await writeFile(join(folder, name), text);
  }
  const afterwards = `rm -rf '${folder}'`;
  const running = startTied(program, command(folder), { env: ENVIRONMENT, afterwards });
  try {
    await listening(running, program, port);
  } catch (error) {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const { died, said, cpuUs, stop } = running;
  return { url: `http://127.0.0.1:${port}`, config, died, said, cpuUs, close: stop };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(running: TiedProcess, program: Program, port: number): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    running.died.throwIfAborted();
    if (performance.now() > deadline) {
      throw new InvalidMeasurement(`${program} did not listen within ${START_LIMIT_MS / 1000} s. ${running.said()}`);
    }
    await sleep(PROBE_INTERVAL_MS);
  }
  running.died.throwIfAborted();
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
