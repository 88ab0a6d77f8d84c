import type { Control } from '../control/control.js';
import type { PaneRecord } from './pane-record.js';

const EVERY_MS = 300;

/**
 * Asks the host now and then when the events of an answer were due, and writes it into the record, in the page's time.
 * Afterwards and in batches: asking per token would disturb what is measured. Gives the function that ends it.
 */
export function followTiming(record: PaneRecord, control: Control): () => void {
  let known = 0;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;
  const ask = async (): Promise<void> => {
    const ended = record.endMs !== undefined;
    // Due times mean nothing before the clocks are known to each other.
    if (record.id !== undefined && record.lastSeq > known && Number.isFinite(control.offset.errorMs)) {
      const rows = await control.timing(record.id, known).catch(() => []);
      for (const [seq, dueMs, appendedMs] of rows) {
        record.dueMs[seq] = control.offset.toPage(dueMs ?? appendedMs);
        known = Math.max(known, seq);
      }
      if (rows.length > 0) record.version += 1;
    }
    if (!stopped && !(ended && known >= record.lastSeq)) timer = setTimeout(() => void ask(), EVERY_MS);
  };
  timer = setTimeout(() => void ask(), EVERY_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
