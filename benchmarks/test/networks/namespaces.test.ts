import { describe, expect, it } from 'vitest';

import { completeChecksum, fold, sumOf } from '../../src/networks/checksum.js';
import { namespacesOf, setupCommands } from '../../src/networks/namespaces.js';
import { PROFILES, profileNamed } from '../../src/networks/profiles.js';

const names = { server: 'tw-1-1-s', reader: 'tw-1-1-r', middle: 'tw-1-1-m' };
const linesOf = (profile: string, delay: 'netem' | 'relay') =>
  setupCommands(names, profileNamed(profile), delay).map((command) => command.join(' '));

describe('the commands that make a network', () => {
  it.each(PROFILES.flatMap(({ name }) => [[name, 'netem'] as const, [name, 'relay'] as const]))(
    'touch nothing outside of its own namespaces: %s with %s',
    (profile, delay) => {
      for (const command of setupCommands(names, profileNamed(profile), delay)) {
        const [program, ...args] = command;
        expect(program).toBe('ip');
        const inNamespace = args[0] === '-n' || (args[0] === 'netns' && args[1] === 'exec') || args.includes('netns');
        expect(inNamespace, command.join(' ')).toBe(true);
        const named = args.filter((word) => word.startsWith('tw-1-1-'));
        expect(named.length, command.join(' ')).toBeGreaterThan(0);
        for (const name of named) expect(namespacesOf(names, delay)).toContain(name);
      }
    },
  );

  it('delay half of the round trip on each side, with netem', () => {
    const lines = linesOf('mobile', 'netem').filter((line) => line.includes('netem'));
    expect(lines).toEqual([
      'ip netns exec tw-1-1-s tc qdisc add dev tw0 root handle 1: netem delay 85ms 20ms limit 100000',
      'ip netns exec tw-1-1-r tc qdisc add dev tw0 root handle 1: netem delay 85ms 20ms limit 100000',
    ]);
  });

  it('give each direction its own rate', () => {
    const rates = linesOf('broadband', 'relay').flatMap(
      (line) => /exec (\S+) tc .* rate (\d+)bit/.exec(line)?.slice(1) ?? [],
    );
    expect(rates).toEqual(['tw-1-1-s', '5000000', 'tw-1-1-r', '1000000']);
  });

  it('drop packets where they arrive, as many as the profile says', () => {
    const [loss, ...more] = linesOf('satellite', 'relay').filter((line) => line.includes('drop'));
    expect(more).toEqual([]);
    expect(loss).toContain('exec tw-1-1-m nft');
    expect(loss).toContain('hook input');
    expect(loss).toContain('numgen random mod 10000 < 10 counter drop');
    expect(linesOf('broadband', 'relay').join('\n')).not.toContain('drop');
  });
});

describe('the checksum of a segment', () => {
  /** An Ethernet frame with a TCP segment of no data or some, without its checksum. */
  function frame(payload: string): Buffer {
    const ip = Buffer.from('45000029000040004006267d7f0000017f000001', 'hex');
    ip.writeUInt16BE(40 + payload.length, 2);
    const tcp = Buffer.from('1f90c350000000010000000250180200ffff0000', 'hex');
    return Buffer.concat([Buffer.alloc(12), Buffer.from('0800', 'hex'), ip, tcp, Buffer.from(payload)]);
  }

  it.each(['', 'a', 'ab', 'data: {"seq":1}\n\n'])('makes the sum of everything all ones: %j', (payload) => {
    const bytes = Buffer.concat([Buffer.alloc(8), frame(payload)]);
    completeChecksum(bytes, 8);
    const ip = 8 + 14;
    const length = 20 + payload.length;
    // RFC 1071: the sum over data and checksum is 0xffff.
    expect(fold(sumOf(bytes, ip + 12, ip + 20) + 6 + length + sumOf(bytes, ip + 20, bytes.length))).toBe(0xffff);
  });

  it('leaves alone what is no TCP over IPv4', () => {
    for (const change of [(bytes: Buffer) => (bytes[13] = 0xdd), (bytes: Buffer) => (bytes[14 + 9] = 17)]) {
      const bytes = frame('x');
      change(bytes);
      const before = Buffer.from(bytes);
      completeChecksum(bytes, 0);
      expect(bytes).toEqual(before);
    }
    const short = Buffer.alloc(20);
    expect(() => completeChecksum(short, 0)).not.toThrow();
  });
});
