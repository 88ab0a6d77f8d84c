import { useEffect, useState } from 'react';
import type { PaneHandle } from '../pane/handle.js';
import { observerOf } from './pane-observer.js';

const LOOK_EVERY_MS = 250;
/** Who steps back for a moment has not left. */
const LOOKS_UNTIL_LEFT = 8;

/** Says that a pane was left, and lets it read on. */
export function LeftNotice({ pane }: { readonly pane: PaneHandle }) {
  const left = useLeft(pane);
  if (!left) return null;
  const readOn = (): void => {
    observerOf(pane.record)?.did('Reads on.');
    pane.stream().resume();
  };
  return (
    <div className="connection-notice" data-left-notice>
      <output>{wordsOf(pane)}</output>
      <p className="connection-notice-ways">
        <button type="button" data-read-on onClick={readOn}>
          Read {pane.title} on
        </button>
      </p>
    </div>
  );
}

function wordsOf({ record }: PaneHandle): string {
  if (record.id === undefined) return 'This pane was left before its answer began.';
  return `This pane was left after event ${record.lastSeq}. Its answer goes on, for 30 s without a reader.`;
}

/** Whether nobody has read for some time, although the answer has not ended. */
function useLeft({ record }: PaneHandle): boolean {
  const [looks, setLooks] = useState(0);
  useEffect(() => {
    const look = (): void =>
      setLooks((before) => (record.status === 'detached' ? Math.min(before + 1, LOOKS_UNTIL_LEFT) : 0));
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [record]);
  return looks >= LOOKS_UNTIL_LEFT;
}
