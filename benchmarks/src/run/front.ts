import { FaultProxy } from '@tokenwire/conformance/fault-proxy';

import type { Cell } from '../scenarios/scenario.js';

/** What stands between server and generator: a network, a proxy, or nothing. */
export interface Front {
  /** Words before the command of a process, by its role, for those that have to run inside. */
  readonly prefix: Readonly<Record<'server' | 'generator', readonly string[]>>;
  /** The URL at which the generator reaches the server. */
  through(serverUrl: string): Promise<string>;
  /** The URL at which this process reaches it, past everything. */
  beside(serverUrl: string): Promise<string>;
  /** Processor time of its own processes so far, in microseconds. */
  cpuUs(): number;
  close(): Promise<void>;
}

/** Opens what a cell wants. @throws when a program or a right is missing. */
export type OpenFront = (cell: Cell) => Promise<Front>;

/** Nothing in between. */
export const DIRECT: Front = {
  prefix: { server: [], generator: [] },
  through: async (url) => url,
  beside: async (url) => url,
  cpuUs: () => 0,
  close: async () => {},
};

/** `proxy`, `proxy+40ms`: the fault proxy in this process, with a delay that is known. */
const KNOWN = /^proxy(?:\+(\d+)ms)?$/;

/** Whether a network is a fault proxy with a known delay. */
export function isKnownDelay(network: string): boolean {
  return KNOWN.test(network);
}

/** A fault proxy that delays what the server says by what its name says. */
export function knownDelay(network: string): Front {
  const latencyMs = Number(KNOWN.exec(network)?.[1] ?? 0);
  const proxies: FaultProxy[] = [];
  return {
    ...DIRECT,
    async through(url) {
      const proxy = await FaultProxy.before(url, { faults: { down: { latencyMs } } });
      proxies.push(proxy);
      return proxy.url;
    },
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}
