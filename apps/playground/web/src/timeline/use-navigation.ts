import { type RefObject, useEffect } from 'react';
import type { Stage } from './stage.js';

const PAN = 0.2;
const CLOSER = 0.7;
/** Wheel steps are pixels in all browsers but those that count lines. */
const PIXELS_PER_LINE = 16;

/** Keys of the charts, and the wheel: sideways (or with Shift) moves, with Ctrl or a pinch zooms, alone scrolls the page. */
export function useNavigation(stage: Stage, element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const keys: Record<string, () => void> = {
      '+': () => stage.zoom(CLOSER),
      '=': () => stage.zoom(CLOSER),
      '-': () => stage.zoom(1 / CLOSER),
      ArrowLeft: () => stage.pan(-PAN),
      ArrowRight: () => stage.pan(PAN),
      Home: () => stage.toStart(),
      End: () => stage.toEnd(),
      '0': () => stage.setWindow({ kind: 'whole' }),
    };
    const onKey = (event: KeyboardEvent): void => {
      const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    const onWheel = (event: WheelEvent): void => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_PER_LINE : 1;
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      if (event.ctrlKey) stage.zoom(Math.exp(event.deltaY * unit * 0.005), stage.secondsAt(event.clientX));
      else if (Math.abs(sideways) >= Math.abs(event.deltaY) || event.shiftKey) {
        stage.pan((sideways * unit) / Math.max(1, target.clientWidth));
      } else return;
      event.preventDefault();
    };
    target.addEventListener('keydown', onKey);
    target.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      target.removeEventListener('keydown', onKey);
      target.removeEventListener('wheel', onWheel);
    };
  }, [stage, element]);
}
