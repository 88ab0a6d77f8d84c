import { TokenwireError, type ClientMessage } from '@tokenwire/protocol';

/** The fields of each message beside `type`. */
const FIELDS = {
  authenticate: ['token', 'ticket'],
  generate: ['ref', 'request', 'idempotencyKey'],
  attach: ['ref', 'after'],
  detach: ['ref'],
  stop: ['id'],
  pong: [],
} as const satisfies Record<ClientMessage['type'], readonly string[]>;

/**
 * Checks the form of a message; a `request` in it is checked where it is used.
 * @throws {TokenwireError} `unknown_field`, `invalid_cursor` or `invalid_request`.
 */
export function checkMessage(message: unknown): asserts message is ClientMessage {
  const fields = (message ?? {}) as Partial<Record<string, unknown>>;
  const { type, ref, after, id } = fields;
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) {
    throw wrong(`type must be one of ${Object.keys(FIELDS).join(', ')}.`);
  }
  const known: readonly string[] = FIELDS[type as ClientMessage['type']];
  if (known.includes('ref') && !Number.isSafeInteger(ref)) throw wrong('ref must be a whole number.');
  if (Object.keys(fields).some((name) => name !== 'type' && !known.includes(name))) {
    const expected = known.length === 0 ? 'nothing else' : known.join(', ');
    throw new TokenwireError('unknown_field', `A message of this type has ${expected}.`);
  }
  if (type === 'attach' && typeof after !== 'string') {
    throw new TokenwireError('invalid_cursor', 'after must be a cursor.');
  }
  if (type === 'stop' && typeof id !== 'string') throw wrong('id must be a generation’s id.');
  if (type === 'authenticate') checkCredential(fields);
}

function checkCredential({ token, ticket }: Partial<Record<string, unknown>>): void {
  const given = [token, ticket].filter((one) => one !== undefined);
  if (given.length !== 1 || typeof given[0] !== 'string') throw wrong('give a token or a ticket, as text.');
}

/** The `ref` of whatever was said, so that an error can name it. */
export function refOf(message: unknown): number | undefined {
  const ref = (message as { readonly ref?: unknown } | null)?.ref;
  return Number.isSafeInteger(ref) ? (ref as number) : undefined;
}

function wrong(what: string): TokenwireError {
  return new TokenwireError('invalid_request', what);
}
