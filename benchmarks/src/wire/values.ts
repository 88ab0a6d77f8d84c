import type { Ledger } from './ledger.js';
import { totalIn, writesIn, type SystemCalls } from './system-calls.js';

/** A ledger as values of a trial (`metrics/wire.ts`). Bytes are per token, counts per answer. */
export function ledgerValues({ down, up, requests, connections }: Ledger, tokens: number): Record<string, number> {
  const { payload, envelope, framing, http, coded } = down.parts;
  const perToken = { payload, envelope, framing, http, coded, down: down.bytes, up: up.bytes };
  return named({
    ...Object.fromEntries(Object.entries(perToken).map(([name, bytes]) => [name, bytes / tokens])),
    upEnvelope: up.parts.envelope / tokens,
    upFraming: up.parts.framing / tokens,
    upHttp: up.parts.http / tokens,
    frames: down.frames,
    framesUp: up.frames,
    reads: down.reads,
    requests,
    connections,
  });
}

/** System calls as values of a trial, per token, each by its name too. Empty where they cannot be counted. */
export function callValues(counted: SystemCalls | null, tokens: number): Record<string, number> {
  if (!counted) return {};
  const total = totalIn(counted);
  return named({
    writes: writesIn(counted) / tokens,
    ...(total === null ? {} : { syscalls: total / tokens }),
    straced: counted.by === 'strace' ? 1 : 0,
    ...Object.fromEntries(Object.entries(counted.calls).map(([name, count]) => [`call.${name}`, count / tokens])),
  });
}

const named = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`wire.${name}`, value]));
