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
 * token at once`) belongs to its rows, and a row's reasons and flags belong to that row. Notes that say the same share a
 * number: reasons that differ in what was measured only become one, with the range of it.
 */
export function numberNotes({ rows, notes }: ScenarioReport): NumberedNotes {
  const targets = new Set(rows.map(({ target }) => target));
  const ownerOf = (note: string) => [...targets].find((target) => note.startsWith(`${target}: `));
  const numbers = new Map<string, number>();
  const texts = new Map<number, string[]>();
  const numberOf = (key: string, text: string) => {
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    texts.set(number, [...(texts.get(number) ?? []), text]);
    return number;
  };
  const byTarget = new Map<string, number[]>();
  for (const note of notes) {
    const owner = ownerOf(note);
    if (owner === undefined) continue;
    const text = note.slice(owner.length + 2);
    byTarget.set(owner, [...(byTarget.get(owner) ?? []), numberOf(text, text)]);
  }
  const byRow = new Map(
    rows.map((row) => {
      const own = remarksOn(row).map((text) => numberOf(text.replaceAll(NUMBER, '#'), text));
      return [row, [...new Set([...(byTarget.get(row.target) ?? []), ...own])].sort((a, b) => a - b)] as const;
    }),
  );
  return {
    numbered: [...numbers.values()].map((number) => merged(texts.get(number) ?? [])),
    general: notes.filter((note) => ownerOf(note) === undefined),
    of: (row) => byRow.get(row) ?? [],
  };
}

/** A number that stands by itself: not the one in `p99`. */
const NUMBER = /(?<![\p{L}\d.])\d+(?:\.\d+)?/gu;

/** What there is to say of one row, without the block in which it was so: `report.json` names it. */
function remarksOn({ verdict, reasons, flags = [] }: Row): readonly string[] {
  const plain = reasons.map((reason) => reason.replace(/^block \d+: /, ''));
  return [...plain.map((reason) => (verdict === 'VALID' ? reason : `${verdict}: ${reason}`)), ...flags];
}

/** One text for several that differ in their numbers only: each number becomes the range from least to most. */
function merged(texts: readonly string[]): string {
  const [first = ''] = texts;
  const found = texts.map((text) => text.match(NUMBER) ?? []);
  let place = -1;
  return first.replaceAll(NUMBER, () => {
    place += 1;
    const values = found.map((numbers) => numbers[place] ?? '').toSorted((a, b) => Number(a) - Number(b));
    const [least = '', most = ''] = [values[0], values.at(-1)];
    return least === most ? least : `${least} to ${most}`;
  });
}

/** `¹ ²`: numbers as they stand behind a name. */
export function superscript(numbers: readonly number[]): string {
  const digit = (text: string) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(text)] ?? '';
  return numbers.map((number) => String(number).replaceAll(/\d/g, digit)).join(' ');
}
