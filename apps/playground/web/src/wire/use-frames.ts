import { useEffect, useReducer } from 'react';
import type { WireStore } from './wire-store.js';

/** Renders again when the store has changed, at most once a frame. */
export function useFrames(store: WireStore): void {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let frame = 0;
    const drawOnce = (): void => {
      frame = 0;
      draw();
    };
    const off = store.subscribe(() => {
      if (frame === 0) frame = requestAnimationFrame(drawOnce);
    });
    draw();
    return () => {
      off();
      cancelAnimationFrame(frame);
    };
  }, [store]);
}
