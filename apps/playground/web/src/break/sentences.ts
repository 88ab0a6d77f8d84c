import { type StreamEvent } from '@tokenwire/protocol';
import type { Who } from '../pane/pane-record.js';
import type { LineNews, ServerNews } from './pane-observer.js';

/** What a client has to notice by itself. */
export interface Trouble {
  readonly how: NonNullable<LineNews['how']> | 'sleep';
  /** Milliseconds of `performance.now`. */
  readonly atMs: number;
}

/** How a client notices that, and after how long. */
export const NOTICED: Record<Trouble['how'], (after: string) => string> = {
  fin: (after) => `Noticed after ${after}: the connection ended before the answer did. Tries again.`,
  rst: (after) => `Noticed after ${after}: the connection broke. Tries again.`,
  blackhole: (after) => `Noticed after ${after}: nothing came for too long. Gives the connection up, and tries again.`,
  sleep: (after) =>
    `Looked ${after} after waking: nothing had come for a minute of its clock. Gives the connection up, and tries again.`,
};

/** What the line did. */
export function lineSentence(how: NonNullable<LineNews['how']>): string {
  if (how === 'fin') return 'Closed every connection of this pane in good order (FIN).';
  if (how === 'rst') return 'Broke every connection of this pane (RST).';
  return 'Swallows everything from now on, both ways; the connection stays open, and nobody is told.';
}

export const SERVER_SAYS: Record<ServerNews['what'], string> = {
  draining: 'Takes no new answers any more, and finishes those it has. Its connections are cut.',
  restarted: 'A new process takes new answers. Those that run are read on where their log is: in the old one.',
  gone: 'A server process has ended, and with it the log of its answers.',
};

/** How the answer ended. */
export function terminalSentences(event: StreamEvent, counts: string): readonly (readonly [Who, string])[] {
  if (event.type === 'error') {
    const { code, message } = event.error;
    return [
      ['model', `Failed in mid-answer (${code}): ${message}`],
      ['client', `Got the failure as event ${event.seq}. The text so far stays, marked as partial: ${counts}.`],
    ];
  }
  const how = event.type === 'cancelled' ? 'was stopped' : 'is complete';
  return [['client', `The answer ${how} with event ${event.seq}: ${counts}.`]];
}
