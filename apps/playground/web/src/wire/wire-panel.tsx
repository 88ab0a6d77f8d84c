import { useCallback, useState } from 'react';
import type { Row } from './rows.js';
import { useFrames } from './use-frames.js';
import type { View } from './view.js';
import { WireInspector } from './wire-inspector.js';
import { WireLines } from './wire-lines.js';
import type { WireStore } from './wire-store.js';
import { WireToolbar } from './wire-toolbar.js';
import { WireTotals } from './wire-totals.js';
import './wire.css';

export interface WirePanelProps {
  /** What has been seen of one pane. */
  readonly store: WireStore;
  /** Tokens so far, for bytes per token. Asked when it draws. */
  readonly tokens: () => number;
}

/** The bytes of one pane as they went over the wire, and what each of them is there for. */
export default function WirePanel({ store, tokens }: WirePanelProps) {
  useFrames(store);
  const [view, setView] = useState<View>({ filter: 'all', headersOpen: false, turned: new Set() });
  const [chosen, setChosen] = useState<Row>();
  // The same function in each frame, so that lines that did not change are not drawn again.
  const turn = useCallback((startId: number): void => {
    setView((before) => {
      const turned = new Set(before.turned);
      if (!turned.delete(startId)) turned.add(startId);
      return { ...before, turned };
    });
  }, []);
  return (
    <section className="wire" aria-label="On the wire">
      <WireToolbar store={store} view={view} onView={setView} />
      <WireLines store={store} view={view} chosen={chosen} onChoose={setChosen} onTurn={turn} />
      <WireInspector row={chosen} />
      <WireTotals store={store} tokens={tokens()} />
    </section>
  );
}
