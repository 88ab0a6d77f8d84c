import { InvalidMeasurement } from './failures.js';
import type { StreamRecord } from './measure-stream.js';
import { sha256 } from './sha256.js';

/**
 * Whether a stream is one that may be measured: every event once and in order, one end, and the text that the server
 * itself has. Anything else gives no number.
 *
 * @param what names the stream in the message.
 * @param snapshotText the server's own text of the answer.
 * @throws {InvalidMeasurement}
 */
export function validateStream(what: string, record: StreamRecord, snapshotText: string): void {
  const refuse = (why: string): never => {
    throw new InvalidMeasurement(`${what}: ${why}; no figure can be trusted`);
  };
  const { seqs, terminals, reconnects, text, arrivals } = record;
  const wrong = seqs.findIndex((seq, index) => seq !== index + 1);
  if (wrong >= 0) {
    const seq = seqs[wrong] ?? 0;
    refuse(seq > wrong + 1 ? `event ${wrong + 1} is missing` : `event ${seq} came twice or late`);
  }
  if (terminals.length !== 1) refuse(`${terminals.length} terminal events instead of one`);
  if (terminals[0] !== 'message_stop') refuse(`the answer ended with ${terminals[0]}`);
  if (reconnects > 0) refuse('the connection was cut and resumed');
  if (arrivals.length < 2) refuse('an answer of less than two tokens has no latency between tokens');
  if (text !== snapshotText) refuse("the text differs from the server's own");
}

/**
 * Whether all streams of all modes carried the same answer on the same timetable.
 * @returns the hash of the text.
 * @throws {InvalidMeasurement} naming the modes that differ.
 */
export function validateEqual(
  streams: readonly { readonly mode: string; readonly sha256: string; readonly traceUs: readonly number[] | null }[],
): string {
  const texts = groups(streams, (stream) => stream.sha256.slice(0, 12));
  if (texts.size !== 1) {
    throw new InvalidMeasurement(
      `the texts differ: ${describe(texts)}. A model without a fixed answer cannot be compared`,
    );
  }
  const traces = groups(streams, (stream) => sha256(JSON.stringify(stream.traceUs)).slice(0, 12));
  if (traces.size !== 1) throw new InvalidMeasurement(`the timetables differ: ${describe(traces)}`);
  return streams[0]?.sha256 ?? '';
}

function groups<T extends { readonly mode: string }>(streams: readonly T[], key: (stream: T) => string) {
  const found = new Map<string, Set<string>>();
  for (const stream of streams) {
    const modes = found.get(key(stream)) ?? new Set();
    found.set(key(stream), modes.add(stream.mode));
  }
  return found;
}

function describe(found: ReadonlyMap<string, ReadonlySet<string>>): string {
  return [...found].map(([key, modes]) => `${[...modes].join(', ')} → ${key}…`).join('; ');
}
