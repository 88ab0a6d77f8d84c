import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { eventually, FaultProxy, scheduledFaults, type ConnectionEvent, type Plan } from '../src/index.js';
import { dial, Loopback, type End } from './loopback.js';

const HELLO = 'hello from the server\n';
const WORD = 'hello from the client\n';
/** How long nothing must come before it counts as not coming. */
const QUIET_MS = 60;

const leftovers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of leftovers.splice(0)) await close();
});

/** A server that greets, a proxy with these faults before it. */
async function behind(faults: Plan = {}, greet: (end: End) => void = ({ socket }) => void socket.write(HELLO)) {
  const server = await Loopback.start(greet);
  const events: ConnectionEvent[] = [];
  const proxy = await FaultProxy.before(server.url, { faults, seed: 7, onEvent: (event) => events.push(event) });
  leftovers.push(
    () => proxy.close(),
    () => server.close(),
  );
  const client = (): End => {
    const end = dial(proxy.url);
    leftovers.push(() => end.socket.destroy());
    return end;
  };
  return { server, proxy, events, client };
}

const greeted = (...ends: End[]) => eventually('all are greeted', () => ends.every(({ text }) => text === HELLO));
const heard = (server: Loopback, text: string) =>
  eventually('the server hears the client', () => server.ends[0]?.text === text);
const digest = (pieces: readonly Buffer[]): string => createHash('sha256').update(Buffer.concat(pieces)).digest('hex');

describe('A fault proxy without faults', () => {
  it('passes bytes in both directions, and counts them', async () => {
    const { server, proxy, client } = await behind();
    const one = client();
    one.socket.write(WORD);
    await Promise.all([greeted(one), heard(server, WORD)]);
    expect([proxy.connections, proxy.accepted, proxy.bytesDown, proxy.bytesUp]).toEqual([
      ...[1, 1],
      ...[HELLO.length, WORD.length],
    ]);
  });

  it('passes the end of one direction while the other goes on', async () => {
    const { server, proxy, client } = await behind({}, () => {});
    const one = client();
    one.socket.end(WORD);
    const end = await eventually('the server sees the end', () => server.ends[0]?.ended && server.ends[0]);
    expect(end.text).toBe(WORD);
    end.socket.end(HELLO);
    await eventually('the answer and its end', () => one.ended);
    expect(one.text).toBe(HELLO);
    await eventually('nothing is left', () => proxy.connections === 0);
  });

  it('passes a reset as a reset, after what came before it', async () => {
    const { server, client } = await behind();
    const one = client();
    await greeted(one);
    server.ends[0]?.socket.resetAndDestroy();
    await eventually('the client is reset', () => one.error === 'ECONNRESET');
  });

  it('resets connections when there is no server', async () => {
    const { server, client } = await behind();
    server.close();
    const one = client();
    await eventually('the client is reset', () => one.error === 'ECONNRESET');
  });

  it('carries megabytes unchanged, no faster than they are read', async () => {
    const sent = randomBytes(24 * 1024 * 1024);
    const { server, proxy, client } = await behind({}, ({ socket }) => void socket.end(sent));
    const one = client();
    await eventually('it flows', () => one.pieces.length > 0);
    one.socket.pause();
    let before = -1;
    await eventually('it stands still', async () => {
      const same = proxy.bytesDown === before;
      before = proxy.bytesDown;
      await sleep(QUIET_MS);
      return same;
    });
    // What neither the proxy nor the system holds is still with the sender.
    expect(server.ends[0]?.socket.writableLength).toBeGreaterThan(0);
    one.socket.resume();
    await eventually('all has come', () => one.ended);
    expect(digest(one.pieces)).toBe(digest([sent]));
  });
});

describe('A command to the fault proxy', () => {
  it('resets all connections, and accepts new ones', async () => {
    const { proxy, client } = await behind();
    const [one, other] = [client(), client()];
    await greeted(one, other);
    proxy.cutAll();
    await eventually('both are reset', () => one.error === 'ECONNRESET' && other.error === 'ECONNRESET');
    await eventually('none is left', () => proxy.connections === 0);
    await greeted(client());
    expect(proxy.accepted).toBe(3);
  });

  it('closes connections in good order', async () => {
    const { server, proxy, client } = await behind();
    const one = client();
    await greeted(one);
    proxy.cutAll('fin');
    await eventually('it has ended', () => one.ended);
    expect(one.error).toBeUndefined();
    await eventually('so has the server’s end', () => server.ends[0]?.ended);
    one.socket.end();
    await eventually('nothing is left', () => proxy.connections === 0);
  });

  it('makes black holes of connections', async () => {
    const { server, proxy, client } = await behind();
    const one = client();
    await greeted(one);
    proxy.cutAll('blackhole');
    one.socket.write(WORD);
    server.ends[0]?.socket.end(HELLO);
    await sleep(QUIET_MS);
    expect([one.text, one.ended, server.ends[0]?.text]).toEqual([HELLO, false, '']);
  });

  it('lets exactly so many bytes pass, once', async () => {
    const { proxy, client } = await behind();
    proxy.cutAfterBytes(5, 'fin');
    const one = client();
    await eventually('it has ended', () => one.ended);
    expect(one.text).toBe(HELLO.slice(0, 5));
    await greeted(client());
  });

  it('counts bytes over all connections, and from one cut to the next', async () => {
    const { proxy, client } = await behind();
    proxy.cutAfterBytes(HELLO.length + 3, 'fin');
    proxy.cutAfterBytes(0, 'fin');
    const one = client();
    await greeted(one);
    const other = client();
    await eventually('both have ended', () => one.ended && other.ended);
    expect(other.text).toBe(HELLO.slice(0, 3));
    const third = client();
    await eventually('the third ends without a byte', () => third.ended && third.text === '');
  });

  it('counts bytes from clients, too, and makes a black hole of that direction only', async () => {
    const { server, proxy, client } = await behind();
    proxy.cutAfterBytes(WORD.length + 3, 'blackhole', 'up');
    const [one, other] = [client(), client()];
    one.socket.write(WORD);
    await heard(server, WORD);
    other.socket.write(WORD);
    await eventually('three more bytes have passed', () => proxy.bytesUp === WORD.length + 3);
    one.socket.write(WORD);
    for (const { socket } of server.ends) socket.write(HELLO);
    await eventually('answers pass', () => one.text === HELLO + HELLO && other.text === HELLO + HELLO);
    await sleep(QUIET_MS);
    expect(server.ends.map(({ text }) => text)).toEqual([WORD, WORD.slice(0, 3)]);
  });

  it('can be taken back', async () => {
    const { proxy, client } = await behind();
    proxy.cutAfterBytes(5, 'fin');
    proxy.forgetCuts();
    await greeted(client());
  });

  it('changes the faults of open connections', async () => {
    const { server, proxy, client } = await behind();
    const one = client();
    await greeted(one);
    proxy.change({ down: { blackhole: true } });
    server.ends[0]?.socket.write(HELLO);
    await sleep(QUIET_MS);
    expect(one.text).toBe(HELLO);
    proxy.change({});
    await eventually('what waited has come', () => one.text === HELLO + HELLO);
  });

  it('has connections refused by the system, and accepts them again at the same address', async () => {
    const { proxy, client } = await behind();
    const one = client();
    await greeted(one);
    await proxy.refuse(true);
    const refused = client();
    await eventually('it is refused', () => refused.error === 'ECONNREFUSED');
    one.socket.write(WORD);
    await eventually('the open one goes on', () => proxy.bytesUp === WORD.length);
    await Promise.all([proxy.refuse(false), proxy.refuse(false)]);
    await greeted(client());
  });

  it('goes down and comes up until it is told to stop', async () => {
    const { proxy, client } = await behind();
    const stop = proxy.flap(20, 20);
    const seen = new Set<string>();
    await eventually('both states have been seen', async () => {
      const one = client();
      await eventually('it is greeted or not', () => one.text === HELLO || one.error !== undefined);
      seen.add(one.error ?? 'greeted');
      return seen.has('greeted') && seen.has('ECONNREFUSED');
    });
    await stop();
    await greeted(client());
    await sleep(QUIET_MS);
    await greeted(client());
  });
});

describe('A plan of the fault proxy', () => {
  it.each(['fin', 'rst'] as const)('cuts the answer at every byte with %s', async (how) => {
    const offsets = Array.from({ length: HELLO.length + 1 }, (_, at) => at);
    const { events, client } = await behind((index) => ({ down: { cutAtByte: { at: index, how } } }));
    const ends: End[] = [];
    for (const _ of offsets) {
      const one = client();
      ends.push(one);
      // One after the other, so that index and offset are the same.
      await eventually('it is cut', () => (how === 'fin' ? one.ended : one.error === 'ECONNRESET'));
    }
    expect(ends.map(({ text }) => text)).toEqual(offsets.map((at) => HELLO.slice(0, at)));
    expect(ends.every(({ error }) => error === (how === 'fin' ? undefined : 'ECONNRESET'))).toBe(true);
    expect(events.filter(({ type }) => type === 'cut').map(({ bytesDown }) => bytesDown)).toEqual(offsets);
  });

  it.each(['fin', 'rst'] as const)('cuts the request at every byte with %s', async (how) => {
    const { server, client } = await behind((index) => ({ up: { cutAtByte: { at: index, how } } }));
    for (let at = 0; at <= WORD.length; at += 1) {
      const one = client();
      one.socket.write(WORD);
      await eventually('the client is cut off', () => one.ended || one.error !== undefined);
      const end = await eventually('the server, too', () => {
        const end = server.ends[at];
        return end && (how === 'fin' ? end.ended : end.error === 'ECONNRESET') && end;
      });
      expect(end.text).toBe(WORD.slice(0, at));
    }
  });

  it('ends in a black hole after exactly so many bytes, tells nobody, and clears up when both have hung up', async () => {
    const { server, proxy, client } = await behind({ down: { cutAtByte: { at: 5, how: 'blackhole' } } });
    const one = client();
    await eventually('five bytes', () => one.text === HELLO.slice(0, 5));
    server.ends[0]?.socket.end(HELLO);
    one.socket.write(WORD);
    await heard(server, WORD);
    await sleep(QUIET_MS);
    expect([one.text, one.ended, one.error]).toEqual([HELLO.slice(0, 5), false, undefined]);
    one.socket.destroy();
    await eventually('nothing is left', () => proxy.connections === 0);
  });

  it('makes a black hole of the answer only', async () => {
    const { server, proxy, client } = await behind({ down: { blackhole: true } });
    const one = client();
    one.socket.write(WORD);
    await heard(server, WORD);
    server.ends[0]?.socket.end();
    await sleep(QUIET_MS);
    expect([one.text, one.ended, proxy.bytesDown]).toEqual(['', false, 0]);
  });

  it('makes a black hole of the request only', async () => {
    const { server, proxy, client } = await behind({ up: { blackhole: true } });
    const one = client();
    one.socket.end(WORD);
    await greeted(one);
    await sleep(QUIET_MS);
    expect([server.ends[0]?.text, server.ends[0]?.ended, proxy.bytesUp]).toEqual(['', false, 0]);
  });

  it('delays the answer and its end, without limiting how much is on its way', async () => {
    const sent = randomBytes(20_000);
    const { client } = await behind({ down: { latencyMs: 80, jitterMs: 40 } }, ({ socket }) => {
      for (let at = 0; at < sent.length; at += 200) socket.write(sent.subarray(at, at + 200));
      socket.end();
    });
    const started = performance.now();
    const one = client();
    await eventually('it has ended', () => one.ended);
    const took = performance.now() - started;
    expect(digest(one.pieces)).toBe(digest([sent]));
    expect(took).toBeGreaterThan(39);
  });

  it('draws jitter from its seed', async () => {
    const { randomOf } = await import('../src/fault-proxy/random.js');
    const draw = (...path: number[]) => Array.from({ length: 5 }, randomOf(7, ...path));
    expect(draw(1, 0)).toEqual(draw(1, 0));
    expect(draw(1, 0)).not.toEqual(draw(1, 1));
    expect(draw(1, 0).every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it('limits bandwidth, and the sender feels it', async () => {
    const sent = randomBytes(20_000);
    const { client } = await behind({ down: { bytesPerSecond: 100_000 } }, ({ socket }) => void socket.end(sent));
    const started = performance.now();
    const one = client();
    await eventually('it has ended', () => one.ended);
    // The last portion is not waited for: 20 000 bytes are 180 ms and one portion.
    expect(performance.now() - started).toBeGreaterThan(175);
    expect(digest(one.pieces)).toBe(digest([sent]));
  });

  it('slices', async () => {
    const { client } = await behind({ down: { sliceBytes: 1 } }, ({ socket }) => void socket.end(HELLO));
    const one = client();
    await eventually('it has ended', () => one.ended);
    expect(one.text).toBe(HELLO);
    // The system may join neighbours before they are read, but not many: each is sent in a turn of its own.
    expect(one.pieces.length).toBeGreaterThan(HELLO.length / 2);
  });

  it('slices and cuts requests, too', async () => {
    const { server, client } = await behind({ up: { sliceBytes: 3, cutAtByte: { at: 10, how: 'fin' } } });
    client().socket.write(WORD);
    await eventually('the server sees the end', () => server.ends[0]?.ended);
    expect(server.ends[0]?.text).toBe(WORD.slice(0, 10));
  });

  it('holds bytes until there are enough', async () => {
    const { server, client } = await behind({ down: { coalesceBytes: HELLO.length + 1 } });
    const one = client();
    await sleep(QUIET_MS);
    expect(one.text).toBe('');
    server.ends[0]?.socket.write(HELLO);
    await eventually('both at once', () => one.text === HELLO + HELLO);
    expect(one.pieces).toHaveLength(1);
  });

  it('holds bytes until the sender ends, like a proxy that buffers', async () => {
    const { server, client } = await behind({ down: { coalesceBytes: Infinity } });
    const one = client();
    await sleep(QUIET_MS);
    expect(one.text).toBe('');
    server.ends[0]?.socket.end(HELLO);
    await eventually('everything and the end', () => one.ended);
    expect(one.text).toBe(HELLO + HELLO);
  });

  it('holds bytes for a while', async () => {
    const { client } = await behind({ down: { coalesceMs: 50 } });
    const started = performance.now();
    await greeted(client());
    expect(performance.now() - started).toBeGreaterThan(45);
  });

  it('resets connections that are idle, and only those', async () => {
    const { proxy, client } = await behind({ idleKillMs: 250 });
    const [idle, busy] = [client(), client()];
    await greeted(idle, busy);
    await eventually('the idle one is reset', () => {
      busy.socket.write('.');
      return idle.error === 'ECONNRESET';
    });
    expect(busy.error).toBeUndefined();
    expect(proxy.connections).toBe(1);
  });

  it('refuses some connections and not others', async () => {
    const { server, events, client } = await behind((index) => (index % 2 === 0 ? { refuse: true } : {}));
    const one = client();
    await eventually('the first is reset', () => one.error === 'ECONNRESET');
    await greeted(client());
    expect(server.ends).toHaveLength(1);
    expect(events[0]).toEqual({ type: 'refuse', index: 0, bytesUp: 0, bytesDown: 0 });
  });

  it('has random faults that are the same for the same seed', () => {
    const plan = (seed: number) =>
      Array.from({ length: 200 }, (_, index) => (scheduledFaults(seed) as PlanFunction)(index));
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
    const kinds = new Set(
      plan(1).flatMap(({ up, down, refuse }) => Object.keys({ ...up, ...down, ...(refuse && { refuse }) })),
    );
    const all = ['coalesceMs', 'cutAtByte', 'jitterMs', 'latencyMs', 'refuse', 'sliceBytes'];
    expect([...kinds].sort()).toEqual(all);
    const healthy = plan(1).filter((faults) => Object.keys(faults).length === 0).length;
    expect(healthy).toBeGreaterThan(30);
    expect(healthy).toBeLessThan(70);
  });
});

type PlanFunction = Extract<Plan, (index: number) => unknown>;

it('A fault proxy stands before http:// only', async () => {
  await expect(FaultProxy.before('https://localhost')).rejects.toThrow(TypeError);
});
