import type { FrameScheduler } from '../../src/index.js';

/** Frames that come when the test says. */
export interface Frames {
  readonly schedule: FrameScheduler;
  /** Frames that are due. */
  readonly due: number;
  /** The next frame. */
  next(): void;
}

export function manualFrames(): Frames {
  const due = new Set<() => void>();
  return {
    get due() {
      return due.size;
    },
    schedule(action) {
      // Its own identity, also if the same action is scheduled twice.
      const entry = (): void => action();
      due.add(entry);
      return () => void due.delete(entry);
    },
    next() {
      const actions = [...due];
      due.clear();
      for (const action of actions) action();
    },
  };
}
