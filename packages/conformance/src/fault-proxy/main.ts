#!/usr/bin/env node
// The fault proxy as a command. `--help` lists its options.
import { readCliOptions, USAGE, type CliOptions } from './cli-options.js';
import type { ConnectionEvent } from './connection.js';
import { FaultProxy } from './fault-proxy.js';

const options = read();
if (options !== undefined) await run(options);

function read(): CliOptions | undefined {
  try {
    const options = readCliOptions(process.argv.slice(2));
    if (options !== 'help') return options;
    process.stdout.write(USAGE);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\nAll options: --help\n`);
    process.exitCode = 2;
  }
  return undefined;
}

async function run({ url, flap, ...options }: CliOptions): Promise<void> {
  try {
    const proxy = await FaultProxy.before(url, { ...options, onEvent: report });
    process.stdout.write(`listening ${proxy.url}\n`);
    if (flap !== undefined) proxy.flap(...flap);
    const stop = (): void => void proxy.close();
    process.once('SIGINT', stop).once('SIGTERM', stop);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

function report({ type, index, bytesUp, bytesDown, how, by }: ConnectionEvent): void {
  const what = type === 'cut' ? `cut ${how} by ${by}` : type;
  process.stdout.write(`connection ${index}: ${what}, ${bytesUp} bytes up, ${bytesDown} bytes down\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
