import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { InvalidMeasurement } from '../compare/failures.js';
import { startTied, type TiedProcess } from '../run/tied-process.js';
import { FAR_HOST, inside, namespacesOf, setupCommands, type Delay, type Names } from './namespaces.js';
import type { Network, OpenNetwork } from './network.js';
import type { Profile } from './profiles.js';

const HOW: Readonly<Record<Delay, string>> = {
  netem: 'delay by netem, rate by tbf, loss by nft',
  relay: 'delay by a relay of packets (no netem here), rate by tbf, loss by nft',
};

/** Of whose process a namespace is, so that what a killed one has left behind can be told apart. */
const OURS = /^tw-(\d+)-\d+-[smr]$/;
let opened = 0;

/** Helpers run built, also when a test runs this file's source. */
const script = (name: string): string => fileURLToPath(new URL(`../../dist/networks/${name}.js`, import.meta.url));

/** A profile made of packets, in network namespaces. Linux, for root. */
export function packets(profile: Profile, delay: Delay): Network {
  return {
    name: profile.name,
    how: `packets: network namespaces, ${HOW[delay]}`,
    open: () => openPackets(profile, delay),
  };
}

/**
 * What packets can be delayed by on this machine.
 * @returns why there are none, in a few words, where the system refuses.
 */
export async function packetsHere(profile: Profile): Promise<Delay | { readonly why: string }> {
  if (process.platform !== 'linux') return { why: 'packets need Linux' };
  if (process.geteuid?.() !== 0) return { why: 'packets need root' };
  let why = '';
  for (const delay of ['netem', 'relay'] as const) {
    try {
      await (await openPackets(profile, delay)).close();
      return delay;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  return { why };
}

/** Deletes the namespaces that killed processes have left behind, and ends what still runs in them. */
export async function sweep(): Promise<void> {
  for (const name of await namespaces()) {
    const pid = Number(OURS.exec(name)?.[1]);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const inhabitants = await run(['ip', 'netns', 'pids', name]).catch(() => '');
    for (const one of inhabitants.split('\n').filter((line) => line !== '')) kill(Number(one));
    await run(['ip', 'netns', 'del', name]).catch(() => '');
  }
}

/** Network namespaces of this machine that have a name. */
export async function namespaces(): Promise<readonly string[]> {
  return await readdir('/run/netns').catch(() => []);
}

async function openPackets(profile: Profile, delay: Delay): Promise<OpenNetwork> {
  opened += 1;
  const name = `tw-${process.pid}-${opened}`;
  const names = { server: `${name}-s`, reader: `${name}-r`, middle: `${name}-m` };
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const helpers: TiedProcess[] = [];
  try {
    for (const one of namespacesOf(names, delay)) await run(['ip', 'netns', 'add', one]);
    for (const command of setupCommands(names, profile, delay)) await run(command);
    if (delay === 'relay') helpers.push(await startRelay(names, profile));
    helpers.push(await startDoor(names, folder));
    return new PacketNetwork(names, folder, helpers);
  } catch (error) {
    for (const helper of helpers) await helper.stop();
    for (const one of Object.values(names)) await run(['ip', 'netns', 'del', one]).catch(() => '');
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startRelay({ middle }: Names, { rttMs, jitterMs }: Profile): Promise<TiedProcess> {
  const args = [rttMs / 2, jitterMs, 7].map(String);
  return await ready(
    startTied('the relay of packets', [...inside(middle), process.execPath, script('relay'), ...args]),
  );
}

/** Whatever ends this process, the door's guard removes the namespaces. */
async function startDoor(names: Names, folder: string): Promise<TiedProcess> {
  const command = [...inside(names.server), process.execPath, script('door'), join(folder, 'door')];
  const remove = [...Object.values(names).map((name) => `ip netns del ${name}`), `rm -rf '${folder}'`];
  return await ready(startTied('the door of the network', command, { afterwards: remove.join('; ') }));
}

async function ready(helper: TiedProcess): Promise<TiedProcess> {
  try {
    await helper.says('ready');
    return helper;
  } catch (error) {
    await helper.stop();
    throw error;
  }
}

class PacketNetwork implements OpenNetwork {
  readonly prefix: OpenNetwork['prefix'];
  readonly #folder: string;
  readonly #helpers: readonly TiedProcess[];
  readonly #beside: Server[] = [];
  readonly #visitors = new Set<Socket>();

  constructor(names: Names, folder: string, helpers: readonly TiedProcess[]) {
    this.prefix = { server: inside(names.server), generator: inside(names.reader) };
    this.#folder = folder;
    this.#helpers = helpers;
  }

  through(serverUrl: string): Promise<string> {
    const url = new URL(serverUrl);
    return Promise.resolve(`${url.protocol}//${FAR_HOST}:${url.port}`);
  }

  async beside(serverUrl: string): Promise<string> {
    const { port } = new URL(serverUrl);
    const server = createServer((visitor) => {
      const door = connect(join(this.#folder, 'door'));
      door.write(`${port}\n`);
      for (const [one, other] of [
        [visitor, door],
        [door, visitor],
      ] as const) {
        this.#visitors.add(one);
        one.on('error', () => one.destroy()).on('close', () => (this.#visitors.delete(one), other.destroy()));
        one.pipe(other);
      }
    });
    this.#beside.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  cpuUs(): number {
    return this.#helpers.reduce((sum, helper) => sum + helper.cpuUs(), 0);
  }

  async close(): Promise<void> {
    for (const visitor of this.#visitors) visitor.destroy();
    for (const server of this.#beside) server.close();
    await Promise.all(this.#helpers.map((helper) => helper.stop()));
  }
}

/** @throws {InvalidMeasurement} with the command and what it said. */
async function run(command: readonly string[]): Promise<string> {
  const [program = '', ...args] = command;
  try {
    const { stdout } = await promisify(execFile)(program, args);
    return stdout;
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim() ?? '';
    throw new InvalidMeasurement(`${command.join(' ')}: ${said || String(error)}`.replaceAll(/\s+/g, ' '));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
