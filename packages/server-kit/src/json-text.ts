import { TokenwireError } from '@tokenwire/protocol';
import { parse, visit, type JSONPath, type ParseError } from 'jsonc-parser';

/** Deepest nesting of arrays and objects that is accepted. */
const MAX_DEPTH = 32;

/** Keys that would reach an object's prototype in careless code. Nobody needs them in a request. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const STRICT = { allowTrailingComma: false, disallowComments: true, allowEmptyContent: false };

/**
 * Parses JSON from outside more strictly than `JSON.parse`, which keeps the last of two equal keys and
 * accepts `__proto__`: two readers of one request must never understand different things.
 * @throws {TokenwireError} `invalid_json`, naming the place; `invalid_request` for nesting below 32 levels,
 *   keys that occur twice and keys that touch prototypes.
 */
export function parseJsonText(text: string): unknown {
  const keysInText = checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TokenwireError('invalid_json', `This is not JSON${whereBroken(text)}.`);
  }
  // Of two equal keys one is lost, so a difference in number shows them. Naming the place takes a slower parser.
  if (countKeys(value) !== keysInText) checkKeys(text);
  return value;
}

/** Strings, with the colon that makes one a key, and brackets. */
const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{}]/gs;

/** Before any recursive parser sees the text: 100 000 brackets would exhaust its stack. Returns the number of keys. */
function checkDepth(text: string): number {
  let depth = 0;
  let keys = 0;
  for (const [token, colon] of text.matchAll(TOKENS)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (colon !== undefined) keys += 1;
    if (depth > MAX_DEPTH) {
      throw new TokenwireError('invalid_request', `This JSON is nested deeper than ${MAX_DEPTH} levels.`);
    }
  }
  return keys;
}

/** The number of keys in all objects; NaN when one of them is forbidden. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((total, item) => total + countKeys(item), 0);
  let total = 0;
  for (const [key, item] of Object.entries(value)) {
    total += FORBIDDEN_KEYS.has(key) ? Number.NaN : 1 + countKeys(item);
  }
  return total;
}

function checkKeys(text: string): void {
  const seen: Set<string>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => void seen.push(new Set()),
      onObjectEnd: () => void seen.pop(),
      onObjectProperty: (key, _offset, _length, _line, _column, path) => {
        const place = pathName([...path(), key]);
        if (FORBIDDEN_KEYS.has(key)) throw new TokenwireError('unknown_field', `Field not allowed: ${place}.`);
        if (seen.at(-1)?.has(key)) throw new TokenwireError('invalid_request', `Field given twice: ${place}.`);
        seen.at(-1)?.add(key);
      },
    },
    STRICT,
  );
}

function whereBroken(text: string): string {
  const errors: ParseError[] = [];
  parse(text, errors, STRICT);
  return errors[0] ? ` (at character ${errors[0].offset})` : '';
}

/** `messages[0].role`, shortened: names come from outside. */
export function pathName(path: JSONPath | readonly PropertyKey[]): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const plain = name.replace(/^\./, '').replaceAll(/[^\w.[\]-]/g, '?');
  return plain.length > 100 ? `${plain.slice(0, 100)}…` : plain || 'the body';
}
