import { durationText } from './duration.js';
import { heapLines } from './heap-text.js';
import type { Figures } from './figures.js';

/** The charts in a sentence each, for those who do not see them. */
export interface Descriptions {
  readonly arrivals: string;
  readonly steps: string;
  readonly itl: string;
}

/** Says what is essential. Made when the race is paused or over, never while tokens come. */
export function describe(figures: readonly Figures[]): Descriptions {
  const seen = figures.filter(({ tokens }) => tokens > 0);
  if (seen.length === 0) {
    const nothing = 'Nothing has arrived yet.';
    return { arrivals: nothing, steps: nothing, itl: nothing };
  }
  return {
    arrivals: `Arrival of tokens over time. ${seen.map(arrival).join('; ')}.`,
    steps: `Tokens so far beside the model’s timetable. ${seen.map(lateness).join('; ')}.`,
    itl: `Time between tokens. ${seen.map(rhythm).join('; ')}.`,
  };
}

function arrival({ title, tokens, lastedMs, usual, largest, stalls }: Figures): string {
  const heaps = heapLines(usual, largest).join(' ');
  const silent = stalls.map(({ atMs, ms }) => `, silent for ${durationText(ms)} from ${durationText(atMs)}`).join('');
  return `${title}: ${tokens} tokens in ${durationText(lastedMs ?? 0)}, ${heaps}${silent}`;
}

function lateness({ title, latency: { p50, p95 } }: Figures): string {
  if (p50 === undefined || p95 === undefined) return `${title}: no timetable known`;
  return `${title}: half of the tokens at most ${durationText(p50)} late, 95 percent at most ${durationText(p95)}`;
}

function rhythm({ title, itl: { p50, max } }: Figures): string {
  if (p50 === undefined || max === undefined) return `${title}: a single token`;
  return `${title}: median ${durationText(p50)}, longest ${durationText(max)}`;
}
