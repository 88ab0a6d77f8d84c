import { thisDevice } from '@tokenwire/client-kit';
import type { NappingDevice } from './handle.js';

/** The browser's device, which can also play a sleep. One per pane. */
export function nappingDevice(): NappingDevice {
  const wakers = new Set<() => void>();
  let sleptMs = 0;
  return {
    isOffline: thisDevice.isOffline,
    wallNow: () => thisDevice.wallNow() + sleptMs,
    onWake(wake) {
      wakers.add(wake);
      const off = thisDevice.onWake(wake);
      return () => {
        wakers.delete(wake);
        off();
      };
    },
    wake(ms) {
      sleptMs += ms;
      for (const wake of wakers) wake();
    },
  };
}
