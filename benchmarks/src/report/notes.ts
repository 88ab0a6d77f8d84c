import type { Row, ScenarioReport } from './model.js';

/** The notes of a scenario, with numbers for those that belong to rows. */
export interface NumberedNotes {
  /** In order of their numbers, from 1. */
  readonly numbered: readonly string[];
  /** What concerns the whole table. */
  readonly general: readonly string[];
  /** Numbers of a row's notes, ascending. */
  readonly of: (row: Row) => readonly number[];
}

/**
 * Numbers what deviates: a note of the scenario that begins with the name of a target and a colon (`ws: writes each
 * token at once`) belongs to its rows, and a row's reasons and flags belong to that row. Equal texts share a number.
 */
export function numberNotes({ rows, notes }: ScenarioReport): NumberedNotes {
  const targets = new Set(rows.map(({ target }) => target));
  const ownerOf = (note: string) => [...targets].find((target) => note.startsWith(`${target}: `));
  const numbers = new Map<string, number>();
  const numberOf = (text: string) => {
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return number;
  };
  const byTarget = new Map<string, number[]>();
  for (const note of notes) {
    const owner = ownerOf(note);
    if (owner !== undefined) byTarget.set(owner, [...(byTarget.get(owner) ?? []), numberOf(note)]);
  }
  const byRow = new Map(
    rows.map((row) => {
      const { verdict, reasons, flags = [] } = row;
      const said = [...reasons.map((reason) => (verdict === 'VALID' ? reason : `${verdict}: ${reason}`)), ...flags];
      const own = said.map(numberOf);
      return [row, [...(byTarget.get(row.target) ?? []), ...own].sort((a, b) => a - b)] as const;
    }),
  );
  return {
    numbered: [...numbers.keys()],
    general: notes.filter((note) => ownerOf(note) === undefined),
    of: (row) => byRow.get(row) ?? [],
  };
}

/** `¹ ²`: numbers as they stand behind a name. */
export function superscript(numbers: readonly number[]): string {
  return numbers.map((number) => [...String(number)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')).join(' ');
}
