interface PagerProps {
  /** First token that is shown. */
  readonly from: number;
  readonly window: number;
  readonly count: number;
  /** Undefined: goes with the end of the answer. */
  readonly onFrom: (from: number | undefined) => void;
  readonly ended: boolean;
}

/** Which part of a long answer is shown. Not there for a short one. */
export function Pager({ from, window, count, onFrom, ended }: PagerProps) {
  if (count <= window) return null;
  const last = Math.floor((count - 1) / window) * window;
  return (
    <nav className="pager" aria-label="Parts of the answer">
      <button type="button" disabled={from === 0} onClick={() => onFrom(0)}>
        First
      </button>
      <button type="button" disabled={from === 0} onClick={() => onFrom(from - window)}>
        Earlier
      </button>
      <span>
        Tokens {from + 1} to {Math.min(count, from + window)} of {count}
      </span>
      <button type="button" disabled={from >= last} onClick={() => onFrom(from + window)}>
        Later
      </button>
      <button type="button" disabled={from >= last} onClick={() => onFrom(ended ? last : undefined)}>
        Last
      </button>
    </nav>
  );
}
