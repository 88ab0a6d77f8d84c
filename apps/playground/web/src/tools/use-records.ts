import { useEffect, useReducer, useRef } from 'react';

/** What `useRecords` looks at. */
interface Versioned {
  readonly version: number;
}

/**
 * Renders again after `records` have changed, in an animation frame and at most once in `intervalMs`; nothing is paid per
 * event. Hidden pages have no frames, and catch up with the next one.
 */
export function useRecords(records: readonly Versioned[], intervalMs = 0): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const watched = useRef(records);
  useEffect(() => {
    watched.current = records;
  });
  useEffect(() => {
    let drawn = Number.NaN;
    let drawnMs = Number.NEGATIVE_INFINITY;
    let frame = requestAnimationFrame(function look(nowMs) {
      frame = requestAnimationFrame(look);
      if (nowMs - drawnMs < intervalMs) return;
      const versions = watched.current.reduce((sum, { version }) => sum + version, 0);
      if (versions === drawn) return;
      drawn = versions;
      drawnMs = nowMs;
      render();
    });
    return () => cancelAnimationFrame(frame);
  }, [intervalMs]);
}
