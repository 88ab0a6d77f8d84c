import { afterEach, describe, expect, it } from 'vitest';

import { measureRun } from '../src/compare/measure-run.js';
import { Servers, type RunningServer } from '../src/compare/servers.js';
import type { Transport } from '@tokenwire/protocol';

/** Servers that are killed some time after they began to listen. */
class MortalServers extends Servers {
  override async start(transport: Transport): Promise<RunningServer> {
    const server = await super.start(transport);
    setTimeout(() => process.kill(server.pid, 'SIGKILL'), 700);
    return server;
  }
}

const options = { model: 'sim', prompt: 'Hello', tokens: 500, tokensPerSecond: 50, seed: 7, runs: 1, streams: 2 };
let servers = new Servers();
afterEach(() => servers.killAll());

describe('server processes', () => {
  it('listen on a port of their own, and are gone after stop', async () => {
    servers = new Servers();
    const server = await servers.start('sse');
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await server.stop();
    expect(server.died.aborted).toBe(false);
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  });

  it.each(['chunked', 'sse', 'websocket', 'long-poll', 'short-poll', 'batch'] as const)(
    'a server that dies in mid-run is named, and there is no figure: %s',
    async (mode) => {
      servers = new MortalServers();
      const bench = { options: { ...options, out: '', json: false }, servers, signal: new AbortController().signal };
      await expect(measureRun(mode, 1, bench)).rejects.toThrow(/server-\w+ was killed by SIGKILL in mid-run/);
    },
  );

  it('an interruption ends a run with its reason', async () => {
    servers = new Servers();
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(new Error('enough')), 900);
    const bench = { options: { ...options, out: '', json: false }, servers, signal: interruption.signal };
    await expect(measureRun('sse', 1, bench)).rejects.toThrow('enough');
  });
});
