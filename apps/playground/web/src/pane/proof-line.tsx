import type { PaneRecord } from './pane-record.js';
import type { Proof } from './proof.js';

export interface ProofLineProps {
  /** Undefined while the answer is not at its end. */
  readonly proof: Proof | undefined;
  readonly record: PaneRecord;
}

/** What was received, lost, doubled, and whether the text is the log's. */
export function ProofLine({ proof, record }: ProofLineProps) {
  const received = proof?.received ?? record.events.length;
  const lost = proof?.lost ?? record.lost;
  const doubled = proof?.doubled ?? record.doubled;
  const good = lost === 0 && doubled === 0 && proof?.same !== false;
  return (
    <p className="proof" data-proof={proof ? (good && proof.same === true ? 'good' : 'bad') : 'open'}>
      <span data-received={received}>{received} events</span>
      <span data-lost={lost}>{lost} lost</span>
      <span data-doubled={doubled}>{doubled} doubled</span>
      {proof && (
        <span data-checksum={proof.checksum}>
          <code>{proof.checksum}</code> {verdictOf(proof)}
        </span>
      )}
    </p>
  );
}

function verdictOf({ same }: Proof): string {
  if (same === undefined) return 'the log could not be asked';
  return same ? '= the log' : '≠ the log';
}
