import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { eventually } from '@tokenwire/conformance';
import { afterEach, describe, expect, it } from 'vitest';

import { aboveTcp, loopback } from '../../src/networks/above-tcp.js';
import type { Network, OpenNetwork } from '../../src/networks/network.js';
import { namespaces, packets, packetsHere, sweep } from '../../src/networks/packets.js';
import { PROFILES, profileNamed } from '../../src/networks/profiles.js';

const run = promisify(execFile);
const LINE = fileURLToPath(new URL('line.mjs', import.meta.url));
const here = await packetsHere(profileNamed('lossy'));
/** Why they are left out is in the name of the group. */
const missing = typeof here === 'string' ? '' : `, left out: ${here.why}`;
const delay = typeof here === 'string' ? here : 'relay';

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server and its network, both ended after the test. */
async function start(network: Network): Promise<{ readonly open: OpenNetwork; readonly serverUrl: string }> {
  const open = await network.open();
  ends.push(() => open.close());
  const [program = '', ...args] = [...open.prefix.server, process.execPath, LINE, 'serve'];
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(async () => {
    server.kill();
    await once(server, 'exit');
  });
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  return { open, serverUrl: line.replace('listening ', '') };
}

interface Line {
  readonly connectMs: number;
  readonly seconds: { readonly down: number; readonly up: number };
}

async function measure(open: OpenNetwork, serverUrl: string, down = 1, up = 1): Promise<Line> {
  const url = await open.through(serverUrl);
  const [program = '', ...args] = [...open.prefix.generator, process.execPath, LINE, 'measure', url];
  const { stdout } = await run(program, [...args, String(down), String(up)]);
  return JSON.parse(stdout) as Line;
}

const bps = (bytes: number, seconds: number): number => (bytes * 8) / seconds;
const own = async () => (await namespaces()).filter((name) => name.startsWith(`tw-${process.pid}-`));

describe.skipIf(missing !== '')(`networks of packets${missing}`, () => {
  it.each(PROFILES.filter(({ name }) => name !== 'loopback').map((profile) => [profile.name, profile] as const))(
    'connecting over %s takes a round trip of it, and the server is 127.0.0.1 to itself',
    async (_, profile) => {
      const { open, serverUrl } = await start(packets(profile, delay));
      const { connectMs } = await measure(open, serverUrl);
      expect(connectMs).toBeGreaterThan(profile.rttMs - 2 * profile.jitterMs - 3);
      // A busy machine delivers late; a second round trip would be more.
      expect(connectMs).toBeLessThan(profile.rttMs + 2 * profile.jitterMs + Math.max(60, profile.rttMs / 2));
    },
  );

  it('both directions have the rate that they should have', async () => {
    const profile = profileNamed('broadband');
    const { open, serverUrl } = await start(packets(profile, delay));
    const { seconds } = await measure(open, serverUrl, 600_000, 120_000);
    // Headers take a part, the queue of the link lets a part pass at once, and a busy machine may be slower.
    expect(bps(600_000, seconds.down)).toBeLessThan(1.1 * profile.downBps);
    expect(bps(600_000, seconds.down)).toBeGreaterThan(0.4 * profile.downBps);
    expect(bps(120_000, seconds.up)).toBeLessThan(1.2 * profile.upBps);
    expect(bps(120_000, seconds.up)).toBeGreaterThan(0.3 * profile.upBps);
  });

  it('lost packets are sent again by TCP, and nothing is missing', async () => {
    const { open, serverUrl } = await start(packets(profileNamed('lossy'), delay));
    await measure(open, serverUrl, 2_000_000, 1);
    const [program = '', ...args] = [...open.prefix.server, 'cat', '/proc/net/snmp'];
    const { stdout } = await run(program, args);
    const [names = [], values = []] = stdout
      .split('\n')
      .filter((line) => line.startsWith('Tcp:'))
      .map((line) => line.split(' '));
    // One in fifty of fourteen hundred.
    expect(Number(values[names.indexOf('RetransSegs')])).toBeGreaterThan(5);
  });

  it('who measures reaches the server beside the network', async () => {
    const { open, serverUrl } = await start(packets(profileNamed('satellite'), delay));
    const beside = await open.beside(serverUrl);
    const body = await (await fetch(`${beside}/?bytes=1000`)).arrayBuffer();
    expect(body.byteLength).toBe(1_000);
    await expect(fetch(serverUrl)).rejects.toThrow('fetch failed');
    expect(open.cpuUs()).toBeGreaterThan(0);
  });

  it('nothing is left when it is closed', async () => {
    const open = await packets(profileNamed('mobile'), delay).open();
    expect((await own()).length).toBeGreaterThan(1);
    await open.close();
    expect(await own()).toEqual([]);
  });

  it('nothing is left when the process that opened it is killed', async () => {
    const module = new URL('../../dist/networks/', import.meta.url);
    const script = `
      const { packets } = await import('${new URL('packets.js', module).href}');
      const { profileNamed } = await import('${new URL('profiles.js', module).href}');
      await packets(profileNamed('mobile'), '${delay}').open();
      process.stdout.write('open\\n');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface({ input: child.stdout }), 'line');
    const theirs = async () => (await namespaces()).filter((name) => name.startsWith(`tw-${child.pid}-`));
    expect((await theirs()).length).toBeGreaterThan(1);
    child.kill('SIGKILL');
    await eventually('its namespaces are gone', async () => (await theirs()).length === 0);
  });

  it('what even the guard could not remove is swept by the next run, and nobody else’s', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    const [stale, alive] = [`tw-${dead.pid}-1-s`, `tw-${process.pid}-999-s`];
    for (const name of [stale, alive]) await run('ip', ['netns', 'add', name]);
    ends.push(() => run('ip', ['netns', 'del', alive]));
    await sweep();
    const left = await namespaces();
    expect(left).not.toContain(stale);
    expect(left).toContain(alive);
  });
});

describe('networks above TCP', () => {
  it('delay and rate are there without any rights, and it is said what they are', async () => {
    const profile = profileNamed('broadband');
    const network = aboveTcp(profile, 'packets need root');
    expect(network.how).toMatch(/^above TCP, no loss: .*packets need root$/);
    const { open, serverUrl } = await start(network);
    const { connectMs, seconds } = await measure(open, serverUrl, 600_000, 1);
    // Nothing delays the handshake: that is what "above TCP" means.
    expect(connectMs).toBeLessThan(profile.rttMs);
    expect(bps(600_000, seconds.down)).toBeLessThan(1.1 * profile.downBps);
    expect(bps(600_000, seconds.down)).toBeGreaterThan(0.4 * profile.downBps);
    const url = await open.through(serverUrl);
    const startMs = performance.now();
    await (await fetch(url)).arrayBuffer();
    expect(performance.now() - startMs).toBeGreaterThan(profile.rttMs - 2 * profile.jitterMs);
  });

  it('a profile with loss says that it has none here', () => {
    expect(aboveTcp(profileNamed('lossy'), 'packets need Linux').how).toContain('no loss (the profile has some)');
  });

  it('loopback is the server itself', async () => {
    const { open, serverUrl } = await start(loopback(profileNamed('loopback')));
    expect(await open.through(serverUrl)).toBe(serverUrl);
    expect(await open.beside(serverUrl)).toBe(serverUrl);
  });
});
