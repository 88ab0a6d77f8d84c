import type { StreamStatus } from '@tokenwire/client-kit';
import { useEffect } from 'react';
import type { PaneRecord } from './pane-record.js';
import type { Proof } from './proof.js';

/** What a status means, for people. */
export const STATUS_WORDS: Record<StreamStatus, string> = {
  idle: 'waiting',
  connecting: 'connecting',
  streaming: 'answering',
  reconnecting: 'reconnecting',
  completed: 'complete',
  cancelled: 'stopped',
  failed: 'failed',
  detached: 'left',
};

export interface Announced {
  readonly title: string;
  readonly status: StreamStatus;
  readonly record: PaneRecord;
  readonly proof: Proof | undefined;
  readonly announce: (sentence: string) => void;
}

/** Whole sentences at the turning points, for those who listen to the page. */
export function useAnnouncements({ title, status, record, proof, announce }: Announced): void {
  useEffect(() => {
    if (status === 'reconnecting') announce(`${title}: the connection was lost, trying again.`);
  }, [status, title, announce]);
  useEffect(() => {
    if (!proof) return;
    const same = proof.same === true ? 'the same text as the log' : 'not the text of the log';
    const { lost, doubled } = proof;
    announce(
      `${title}: ${STATUS_WORDS[record.status]}, ${record.tokenCount} tokens, ${lost} lost, ${doubled} doubled, ${same}.`,
    );
  }, [proof, title, record, announce]);
}
