import { TokenwireError } from '@tokenwire/protocol';
import { parseJsonText } from '@tokenwire/server-kit';

import { parseFault } from '../backend/faults-router.js';
import { LANE_NAME, type ControlRequest, type WayConditions } from '../control-protocol.js';

type Check = (value: unknown) => boolean;

const isLane: Check = (value) => typeof value === 'string' && LANE_NAME.test(value);
const isId: Check = (value) => typeof value === 'string' && value.length <= 200;
const isWhole =
  (most: number, least = 0): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const MAX_MS = 60_000;
/** What a lane may hold back in memory until it is let go. */
const MAX_COALESCE_BYTES = 16 * 1024 * 1024;

const CONDITIONS: Record<keyof WayConditions, Check> = {
  latencyMs: isWhole(MAX_MS),
  jitterMs: isWhole(MAX_MS),
  bytesPerSecond: isWhole(2 ** 31 - 1, 1),
  coalesceBytes: isWhole(MAX_COALESCE_BYTES, 1),
  coalesceMs: isWhole(MAX_MS, 1),
};

const isWay: Check = (value) => value === undefined || has(value, CONDITIONS, true);
const isConditions: Check = (value) => has(value, { up: isWay, down: isWay }, true);

/** The fields of each message beside `type` and `ref`. */
const FIELDS: Record<ControlRequest['type'], Readonly<Record<string, Check>>> = {
  'open-lane': { lane: isLane },
  'close-lane': { lane: isLane },
  cut: { lane: isLane, how: (value) => ['fin', 'rst', 'blackhole'].includes(value as string) },
  conditions: { lane: isLane, conditions: isConditions },
  upstream: { id: isId, fault: (value) => parseFault(value) !== undefined },
  restart: {},
  tap: { lane: isLane, on: (value) => typeof value === 'boolean' },
  timing: { id: isId, after: isWhole(Number.MAX_SAFE_INTEGER) },
  clock: {},
};

/** The `ref` of a message that may be wrong otherwise; -1 where it has none, so that even then there is an answer. */
export function refOf(message: unknown): number {
  const ref = (message as { readonly ref?: unknown } | null)?.ref;
  return Number.isSafeInteger(ref) ? Number(ref) : -1;
}

/** @throws {TokenwireError} `invalid_json`, `invalid_request`. */
export function parseMessage(text: string): unknown {
  return parseJsonText(text);
}

/**
 * Checks the form of a message.
 * @throws {TokenwireError} `invalid_request`, naming the field.
 */
export function checkRequest(message: unknown): asserts message is ControlRequest {
  const fields = (message ?? {}) as Readonly<Record<string, unknown>>;
  const { type, ref } = fields;
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) {
    throw wrong(`type must be one of ${Object.keys(FIELDS).join(', ')}.`);
  }
  if (!isWhole(Number.MAX_SAFE_INTEGER)(ref)) throw wrong('ref must be a whole number, 0 or more.');
  const known = FIELDS[type as ControlRequest['type']];
  const unknown = Object.keys(fields).find((name) => name !== 'type' && name !== 'ref' && !Object.hasOwn(known, name));
  if (unknown !== undefined) throw wrong(`A message of type ${type} has no other field than ${listOf(known)}.`);
  for (const [name, check] of Object.entries(known)) {
    if (!check(fields[name])) throw wrong(`${name} is missing or not allowed.`);
  }
}

function has(value: unknown, checks: Readonly<Record<string, Check>>, partly: boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([name, field]) => {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    return check !== undefined && (partly && field === undefined ? true : check(field));
  });
}

function listOf(fields: Readonly<Record<string, Check>>): string {
  return ['type', 'ref', ...Object.keys(fields)].join(', ');
}

function wrong(message: string): TokenwireError {
  return new TokenwireError('invalid_request', message);
}
