import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { readCliOptions } from '../src/fault-proxy/cli-options.js';
import { eventually } from '../src/index.js';
import { dial, Loopback } from './loopback.js';

const SERVER = 'http://127.0.0.1:4000';
/** Built, because a child process runs without the test runner's loader. */
const MAIN = fileURLToPath(new URL('../dist/fault-proxy/main.js', import.meta.url));

async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output, errors };
}

describe('The command line of the fault proxy', () => {
  it('turns options into faults', () => {
    const line = `${SERVER} --port 4999 --seed 7 --latency 50 --jitter 20 --rate 10000 --slice 1 --coalesce all
      --coalesce-ms 30 --cut-down 1000:rst --cut-up 0:blackhole --blackhole-down --idle-kill 5000 --refuse --flap 5000:1000`;
    expect(readCliOptions(line.split(/\s+/))).toEqual({
      url: SERVER,
      port: 4999,
      seed: 7,
      flap: [5_000, 1_000],
      faults: {
        up: { cutAtByte: { at: 0, how: 'blackhole' } },
        down: {
          ...{ latencyMs: 50, jitterMs: 20, bytesPerSecond: 10_000, sliceBytes: 1 },
          ...{ coalesceBytes: Infinity, coalesceMs: 30, blackhole: true },
          cutAtByte: { at: 1_000, how: 'rst' },
        },
        refuse: true,
        idleKillMs: 5_000,
      },
    });
    expect(readCliOptions([SERVER, '--slice', '9', '--both-ways', '--blackhole-up'])).toMatchObject({
      faults: { up: { sliceBytes: 9, blackhole: true }, down: { sliceBytes: 9 } },
    });
    expect(readCliOptions([SERVER])).toEqual({ url: SERVER, port: 0, seed: 0, faults: { up: {}, down: {} } });
    expect(typeof (readCliOptions([SERVER, '--scheduled']) as { faults: unknown }).faults).toBe('function');
  });

  it.each([
    [[], /Name one server, as in http/],
    [['https://127.0.0.1:4000'], /Name one server, as in http/],
    [[SERVER, SERVER], /Name one server/],
    [[SERVER, '--latency', 'much'], /--latency takes a whole number from 0/],
    [[SERVER, '--slice', '0'], /--slice takes a whole number from 1/],
    [[SERVER, '--port', '65536'], /--port takes a whole number from 0 to 65535/],
    [[SERVER, '--cut-down', '1000'], /--cut-down takes .* as in 1000:rst/],
    [[SERVER, '--cut-up', 'x:fin'], /--cut-up takes/],
    [[SERVER, '--flap', '5000'], /--flap takes .* as in 5000:1000/],
    [[SERVER, '--no-such-option'], /Unknown option '--no-such-option'/],
  ])('refuses %j and says what to do', (args, message) => {
    expect(() => readCliOptions(args)).toThrow(message);
  });

  it('explains itself, and ends with 2 when it is used wrongly', async () => {
    const [help, wrong] = await Promise.all([run('--help'), run(SERVER, '--cut-down', '1000')]);
    expect([help.code, help.errors]).toEqual([0, '']);
    expect(help.output).toMatch(/--cut-down N:HOW/);
    expect([wrong.code, wrong.output]).toEqual([2, '']);
    expect(wrong.errors).toMatch(/as in 1000:rst/);
  });

  it('says where it listens, then what happens, and ends on SIGTERM', async () => {
    const server = await Loopback.start(({ socket }) => void socket.write('hello'));
    const child = spawn(process.execPath, [MAIN, server.url, '--cut-down', '3:fin'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    const first = await eventually('the first line', () => lines[0]);
    const client = dial(first.replace('listening ', ''));
    await eventually('the client is cut off', () => client.ended);
    expect(client.text).toBe('hel');
    client.socket.end();
    await eventually('the last line', () => lines.length === 4);
    expect(lines.slice(1)).toEqual([
      'connection 0: open, 0 bytes up, 0 bytes down',
      'connection 0: cut fin by down, 0 bytes up, 3 bytes down',
      'connection 0: close, 0 bytes up, 3 bytes down',
    ]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    server.close();
  });
});
