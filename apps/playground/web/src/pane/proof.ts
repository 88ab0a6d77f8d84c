import type { Snapshot } from '@tokenwire/protocol';
import type { PaneRecord } from './pane-record.js';

/** Whether a pane has got what the log has. */
export interface Proof {
  readonly received: number;
  /** Events of the log that never came. */
  readonly lost: number;
  readonly doubled: number;
  /** The beginning of the SHA-256 of the text here, in hexadecimal. */
  readonly checksum: string;
  /** Whether the log's text is the same; undefined when the log could not be asked. */
  readonly same: boolean | undefined;
}

/**
 * Compares a pane with the server's own snapshot of the answer, which is read apart from the stream. Sixteen hexadecimal
 * digits are shown; compared are the whole texts.
 */
export async function proofOf(record: PaneRecord, text: string): Promise<Proof> {
  const seqs = new Set(record.events.map(({ seq }) => seq));
  const snapshot = await snapshotOf(record.id);
  const lastSeq = snapshot ? Number(snapshot.cursor.split('.')[1]) : record.lastSeq;
  return {
    received: seqs.size,
    lost: Math.max(0, lastSeq - seqs.size),
    doubled: record.doubled,
    checksum: await checksumOf(text),
    same: snapshot && snapshot.text === text,
  };
}

async function snapshotOf(id: string | undefined): Promise<Snapshot | undefined> {
  if (id === undefined) return undefined;
  try {
    const response = await fetch(`/generations/${id}`, { headers: { accept: 'application/json' } });
    return response.ok ? ((await response.json()) as Snapshot) : undefined;
  } catch {
    return undefined;
  }
}

/** Browsers have `crypto.subtle` on localhost and over https only. */
async function checksumOf(text: string): Promise<string> {
  if (!('subtle' in crypto)) return 'no checksum here';
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest).subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
