import type { View, WireFilter } from './view.js';
import type { WireStore } from './wire-store.js';

const FILTERS: readonly (readonly [WireFilter, string])[] = [
  ['all', 'Both directions'],
  ['down', 'Only down'],
  ['no-heads', 'Without HTTP heads'],
];

export interface WireToolbarProps {
  readonly store: WireStore;
  readonly view: View;
  readonly onView: (view: View) => void;
}

/** Pause, filter, and how much of it all is here. */
export function WireToolbar({ store, view, onView }: WireToolbarProps) {
  const { passed } = store;
  return (
    <div className="wire-toolbar">
      <button type="button" data-wire-pause onClick={() => (passed === undefined ? store.pause() : store.resume())}>
        {passed === undefined ? 'Pause' : 'Resume'}
      </button>
      <label>
        Show{' '}
        <select
          data-wire-filter
          value={view.filter}
          onChange={({ target }) => onView({ ...view, filter: target.value as WireFilter })}
        >
          {FILTERS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={view.headersOpen}
          onChange={({ target }) => onView({ ...view, headersOpen: target.checked, turned: new Set() })}
        />{' '}
        Headers open
      </label>
      <span className="wire-state" data-wire-state>
        {stateOf(store)}
      </span>
    </div>
  );
}

function stateOf({ passed, dropped, missed, pending, rows }: WireStore): string {
  const count = (bytes: number): string => `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const words = [
    ...(passed === undefined ? [] : [`paused; ${count(passed)} since`]),
    ...(rows.length === 0 && passed === undefined
      ? ['bytes are shown from the moment on at which this tool is opened']
      : []),
    ...(dropped > 0 ? [`${dropped.toLocaleString('en')} older spans are not kept`] : []),
    ...(missed > 0 ? [`${count(missed)} not seen`] : []),
    ...(pending > 0 ? [`${count(pending)} not understood yet`] : []),
  ];
  return words.join(' · ');
}
