/**
 * What a client asks of the machine it runs on. The default knows browsers; elsewhere nothing ever happens and nothing
 * is offline. Give your own where an application sleeps in another way (a mobile shell, for example), and in tests.
 */
export interface Device {
  /**
   * Calls `wake` when waiting has become pointless or a connection may have died unnoticed: the page is seen again,
   * comes out of the back/forward cache, or the network is back. Returns the function that ends it.
   */
  readonly onWake: (wake: () => void) => () => void;
  /** Whether it is certain that there is no network. */
  readonly isOffline: () => boolean;
  /** Milliseconds that go on while the machine sleeps. The monotonic clock stands still then on some systems. */
  readonly wallNow: () => number;
}

/** The page or worker that this runs in, if it runs in one. */
export const thisDevice: Device = {
  onWake(wake) {
    const page = globalThis as Partial<Pick<Window, 'document' | 'addEventListener'>>;
    const controller = new AbortController();
    const { signal } = controller;
    const look = (): void => {
      if (page.document?.visibilityState === 'visible') wake();
    };
    page.document?.addEventListener('visibilitychange', look, { signal });
    for (const type of ['pageshow', 'online']) page.addEventListener?.(type, wake, { signal });
    return () => controller.abort();
  },
  // Trusted only in this direction: `true` means as little as a plugged-in cable.
  isOffline: () => (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false,
  wallNow: () => Date.now(),
};
