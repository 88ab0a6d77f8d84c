import { useEffect, useRef, useState } from 'react';
import type { PaneRecord } from './pane-record.js';
import { type Proof, proofOf } from './proof.js';

/**
 * Asks the log once the answer has ended, and tells `onProof`; undefined before.
 * @param text of the answer at its end; undefined before that.
 */
export function useProof(
  record: PaneRecord,
  text: string | undefined,
  onProof: (proof: Proof | undefined) => void,
): Proof | undefined {
  const [proof, setProof] = useState<Proof>();
  const tell = useRef(onProof);
  useEffect(() => {
    tell.current = onProof;
  });
  useEffect(() => {
    let left = false;
    const show = (value: Proof | undefined): void => {
      if (left) return;
      setProof(value);
      tell.current(value);
    };
    show(undefined);
    if (text !== undefined) proofOf(record, text).then(show, () => show(undefined));
    return () => {
      left = true;
    };
  }, [record, text]);
  return proof;
}
