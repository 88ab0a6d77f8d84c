import { useEffect, useReducer } from 'react';
import type { WireStore } from './wire-store.js';

/** Lines that pass are not read ten times a second; drawing them more often only costs. */
const LEAST_MS = 100;

/** Renders again when the store has changed: in an animation frame, and at most ten times a second. */
export function useFrames(store: WireStore): void {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let frame = 0;
    let drawnMs = Number.NEGATIVE_INFINITY;
    const look = (nowMs: number): void => {
      if (nowMs - drawnMs < LEAST_MS) {
        frame = requestAnimationFrame(look);
        return;
      }
      frame = 0;
      drawnMs = nowMs;
      draw();
    };
    const off = store.subscribe(() => {
      if (frame === 0) frame = requestAnimationFrame(look);
    });
    draw();
    return () => {
      off();
      cancelAnimationFrame(frame);
    };
  }, [store]);
}
