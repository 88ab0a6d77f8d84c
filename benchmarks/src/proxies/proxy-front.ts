import { DIRECT, type Front } from '../run/front.js';
import type { Proxy, RunningProxy } from './proxy.js';

/** A proxy in front of the server of a trial. It starts when the server's address is known. */
export function proxyFront(proxy: Proxy): Front {
  const running: RunningProxy[] = [];
  return {
    ...DIRECT,
    async through(serverUrl) {
      const one = await proxy.start(serverUrl);
      running.push(one);
      return one.url;
    },
    cpuUs: () => running.reduce((sum, one) => sum + one.cpuUs(), 0),
    async close() {
      await Promise.all(running.splice(0).map((one) => one.close()));
    },
  };
}
