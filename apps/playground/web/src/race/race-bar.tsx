import { useEffect, useState } from 'react';
import { stopPanes } from '../break/stop-pane.js';
import type { Control } from '../control/control.js';
import type { PaneHandle } from '../pane/handle.js';
import type { Proof } from '../pane/proof.js';

export interface RaceBarProps {
  readonly panes: readonly PaneHandle[];
  readonly proofs: ReadonlyMap<string, Proof>;
  /** Panes of the race. */
  readonly count: number;
  readonly onAsk: () => void;
  readonly control: Control;
}

/** Starts and stops all panes, and says whether they got the same. */
export function RaceBar({ panes, proofs, count, onAsk, control }: RaceBarProps) {
  const running = useRunning(panes);
  const stopAll = (): void => {
    // Each pane tells what became of its own stop.
    void stopPanes(panes, control);
  };
  return (
    <div className="race-bar">
      <button type="button" className="primary" data-ask onClick={onAsk}>
        {count === 0 ? 'Ask' : 'Ask again'}
      </button>
      <button type="button" data-stop-all disabled={!running} onClick={stopAll}>
        Stop all
      </button>
      <p className="verdict" data-verdict={verdictOf(panes, proofs)}>
        {count === 0 ? '' : SENTENCES[verdictOf(panes, proofs)](proofs.size, count)}
      </p>
    </div>
  );
}

type Verdict = 'open' | 'identical' | 'different';

const SENTENCES: Record<Verdict, (ended: number, count: number) => string> = {
  open: (ended, count) => `${ended} of ${count} have ended.`,
  identical: (_, count) =>
    count === 1
      ? 'The text is the log’s, checksum for checksum, with nothing lost and nothing doubled.'
      : `All ${count} have the same text, checksum for checksum, with nothing lost and nothing doubled.`,
  different: () => 'The panes have different texts: one was stopped, failed, or asked something else.',
};

function verdictOf(panes: readonly PaneHandle[], proofs: ReadonlyMap<string, Proof>): Verdict {
  const known = panes.flatMap(({ key }) => proofs.get(key) ?? []);
  if (known.length < panes.length || known.length === 0) return 'open';
  const [first] = known;
  const good = known.every(({ same, lost, doubled }) => same === true && lost === 0 && doubled === 0);
  return good && known.every(({ checksum }) => checksum === first?.checksum) ? 'identical' : 'different';
}

function useRunning(panes: readonly PaneHandle[]): boolean {
  const [running, setRunning] = useState(false);
  useEffect(() => {
    const look = (): void => setRunning(panes.some(({ record }) => record.running));
    look();
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  }, [panes]);
  return running;
}
