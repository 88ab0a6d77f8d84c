import { MAX_BATCH_BYTES, type LogEntry } from '@tokenwire/generation-log';

const ENCODED = new WeakMap<LogEntry, Buffer>();

/**
 * The UTF-8 of an entry that is too large for a batch; undefined for what fits into one. Made once and kept with the
 * entry: as text every reader that is slow to take it would hold a copy of its own.
 */
export function giantIn(batch: readonly LogEntry[]): Buffer | undefined {
  const [entry] = batch;
  if (!entry || entry.bytes <= MAX_BATCH_BYTES) return undefined;
  const encoded = ENCODED.get(entry) ?? Buffer.from(entry.json);
  ENCODED.set(entry, encoded);
  return encoded;
}
