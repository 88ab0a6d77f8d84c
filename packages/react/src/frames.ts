/** Calls `action` once, soon. Returns a function that calls it off. */
export type FrameScheduler = (action: () => void) => () => void;

/** The longest that a picture may be out of date while nobody can see it. */
const HIDDEN_MS = 250;

/**
 * With the next animation frame. A hidden page has none, and neither has a server or a worker: then after 250 ms.
 * The timer runs beside the frame, because a page may be hidden while it waits for its frame. It costs one timer a
 * frame, not one a token.
 */
export const nextFrame: FrameScheduler = (action) => {
  const { requestAnimationFrame, cancelAnimationFrame } = globalThis as Partial<typeof globalThis>;
  const cancel = (): void => {
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame?.(frame);
  };
  const go = (): void => {
    cancel();
    action();
  };
  const timer = setTimeout(go, HIDDEN_MS);
  const frame = requestAnimationFrame?.(go);
  return cancel;
};
