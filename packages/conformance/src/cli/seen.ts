import { AssertionError } from 'node:assert';
import { inspect, stripVTControlCharacters } from 'node:util';

const MAX_LINES = 14;
const MAX_COLUMNS = 300;

const COMPARISONS = new Set(['strictEqual', 'deepStrictEqual']);

/** What was seen, from the error of a requirement: a few lines of plain text, safe to print on a terminal. */
export function seen(error: unknown): string {
  const lines = plain(messageOf(error)).split('\n');
  const shown = lines
    .slice(0, MAX_LINES)
    .map((line) => (line.length > MAX_COLUMNS ? `${line.slice(0, MAX_COLUMNS)} …` : line));
  return [...shown, ...(lines.length > MAX_LINES ? ['…'] : [])].join('\n');
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof AssertionError) || error.generatedMessage) return error.message || error.name;
  // A requirement that says what it wants has replaced the comparison, on some releases of Node; the values are worth
  // seeing too.
  const { message, expected, actual, operator } = error;
  if (message.includes('\n') || !COMPARISONS.has(operator)) return message;
  return `${message}\nexpected ${brief(expected)}\nseen     ${brief(actual)}`;
}

function brief(value: unknown): string {
  return inspect(value, { depth: 3, maxArrayLength: 40, maxStringLength: 200, breakLength: Infinity });
}

/** Without colours and control characters: some of this text comes from the server. */
function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
