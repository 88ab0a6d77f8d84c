import { FaultProxy, type ConnectionFaults, type DirectionFaults } from '@tokenwire/conformance/fault-proxy';

import type { Network, OpenNetwork } from './network.js';
import type { Profile } from './profiles.js';

const NOWHERE = { server: [], generator: [] } as const;

/**
 * A profile made by the fault proxy in this process: bytes are delayed and their rate is limited, connection by
 * connection. Connecting takes no time, nothing is lost, and TCP neither probes nor slows down: it knows nothing of it.
 * @param why it is not made of packets.
 */
export function aboveTcp(profile: Profile, why: string): Network {
  const loss = profile.loss > 0 ? ' (the profile has some)' : '';
  return {
    name: profile.name,
    how: `above TCP, no loss${loss}: delay and rate by the fault proxy, each connection for itself; ${why}`,
    open: () => Promise.resolve(openAboveTcp(profile)),
  };
}

/** The machine's own loopback: nothing between server and generator. */
export function loopback(profile: Profile): Network {
  return {
    name: profile.name,
    how: 'loopback interface of the host',
    open: () =>
      Promise.resolve({
        prefix: NOWHERE,
        through: (url) => Promise.resolve(url),
        beside: (url) => Promise.resolve(url),
        cpuUs: () => 0,
        close: () => Promise.resolve(),
      }),
  };
}

function openAboveTcp(profile: Profile): OpenNetwork {
  const proxies = new Map<string, Promise<FaultProxy>>();
  return {
    prefix: NOWHERE,
    async through(url) {
      const proxy = proxies.get(url) ?? FaultProxy.before(url, { faults: faultsOf(profile) });
      proxies.set(url, proxy);
      return (await proxy).url;
    },
    beside: (url) => Promise.resolve(url),
    // It runs in this process, which counts as part of the trial anyway.
    cpuUs: () => 0,
    async close() {
      await Promise.all([...proxies.values()].map(async (proxy) => (await proxy).close()));
    },
  };
}

function faultsOf({ rttMs, jitterMs, downBps, upBps }: Profile): ConnectionFaults {
  const way = (bps: number): DirectionFaults => ({
    latencyMs: rttMs / 2,
    jitterMs,
    ...(bps > 0 ? { bytesPerSecond: bps / 8 } : {}),
  });
  return { up: way(upBps), down: way(downBps) };
}
