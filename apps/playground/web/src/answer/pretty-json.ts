import { escapeObeyed } from '../share/visible-json.js';

/** Deeper than that, the indentation would be longer than the text. */
const MAX_DEPTH = 40;
/** Longer texts are shown as they are. */
const MAX_LENGTH = 100_000;

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * A JSON text with line ends and indentation. Names, numbers and strings stay as they were written: reading and writing the
 * value would change large numbers and drop doubled names. Undefined for what is too deep or too long to be nicer that way.
 *
 * @param json must be a valid JSON text.
 */
export function prettyJson(json: string): string | undefined {
  if (json.length > MAX_LENGTH) return undefined;
  const parts: string[] = [];
  let depth = 0;
  const newLine = (): number => parts.push('\n', '  '.repeat(depth));
  const tokens = json.match(TOKENS) ?? [];
  for (const [index, token] of tokens.entries()) {
    const closes = token === '}' || token === ']';
    const empty = closes && isOpening(tokens[index - 1]);
    if (closes) depth -= 1;
    if (closes && !empty) newLine();
    parts.push(token);
    if (isOpening(token)) depth += 1;
    if (depth > MAX_DEPTH) return undefined;
    if (token === ':') parts.push(' ');
    const next = tokens[index + 1];
    if (token === ',' || (isOpening(token) && next !== '}' && next !== ']')) newLine();
  }
  return parts.join('');
}

function isOpening(token: string | undefined): boolean {
  return token === '{' || token === '[';
}

/**
 * The arguments of a tool call for people: pretty once they are whole and valid, and before as they come. Marks that would
 * turn the order of what is read become escapes; in JSON they can only be within strings, where an escape means the same.
 */
export function shownArguments(partialJson: string, isValid: boolean): string {
  return escapeObeyed((isValid ? prettyJson(partialJson) : undefined) ?? partialJson);
}
