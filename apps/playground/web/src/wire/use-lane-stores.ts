import { useEffect, useRef } from 'react';
import type { Control } from '../control/control.js';
import type { PaneHandle } from '../pane/handle.js';
import type { PaneRecord } from '../pane/pane-record.js';
import type { WireSource } from './wire-source.js';
import { WireStore } from './wire-store.js';

/** What was seen of an answer's lane, for as long as there is its record: the tool may be closed and opened again. */
const STORES = new WeakMap<PaneRecord, WireStore>();

function storeOf(record: PaneRecord): WireStore {
  const store = STORES.get(record) ?? new WireStore();
  STORES.set(record, store);
  return store;
}

const sourceOf = (control: Control, { lane }: PaneRecord): WireSource => ({
  subscribe: (onPieces) => control.tap(lane, onPieces),
});

/** Taps the lanes of all panes while the component is there. Gives the store of each. */
export function useLaneStores(panes: readonly PaneHandle[], control: Control): (record: PaneRecord) => WireStore {
  const taps = useRef(new Map<PaneRecord, () => void>());
  // Only lanes that come and go are touched: a tap that is taken off and put on again misses bytes.
  useEffect(() => {
    const records = new Set(panes.map(({ record }) => record));
    for (const record of [...taps.current.keys()]) if (!records.has(record)) leave(taps.current, record);
    for (const record of records) {
      if (taps.current.has(record)) continue;
      taps.current.set(record, sourceOf(control, record).subscribe(storeOf(record).take));
    }
  }, [panes, control]);
  useEffect(() => {
    const { current } = taps;
    return () => {
      for (const record of [...current.keys()]) leave(current, record);
    };
  }, []);
  return storeOf;
}

function leave(taps: Map<PaneRecord, () => void>, record: PaneRecord): void {
  taps.get(record)?.();
  taps.delete(record);
  storeOf(record).leave();
}
