import type { Tally } from '../world.js';

/** What many lives have come to. */
export interface Totals extends Tally {
  lives: number;
}

export function newTotals(): Totals {
  return { lives: 0, events: 0, reconnects: 0, stops: 0, expiries: 0, faults: 0 };
}

/** Adds a life, or the totals of several. */
export function addTo(totals: Totals, { lives = 1, ...tally }: Tally & { readonly lives?: number }): void {
  totals.lives += lives;
  for (const key of ['events', 'reconnects', 'stops', 'expiries', 'faults'] as const) totals[key] += tally[key];
}

/** For people, one line each. */
export function describeTotals(totals: Totals, seconds: number): string {
  const number = (value: number): string => value.toLocaleString('en').padStart(13);
  return [
    `${number(totals.lives)} lives in ${seconds.toFixed(1)} s`,
    `${number(totals.events)} events delivered`,
    `${number(totals.reconnects)} reconnects`,
    `${number(totals.stops)} stops`,
    `${number(totals.expiries)} expiries met`,
    `${number(totals.faults)} faults injected`,
  ].join('\n');
}
