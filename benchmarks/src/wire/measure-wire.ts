import type { Read, Sink } from '../drivers/driver.js';
import type { Cell, Measured, RunContext, StartedServer } from '../scenarios/scenario.js';
import { makeTrace, type Trace } from '../trace/trace.js';
import { measureLedger } from './measure-ledger.js';
import { countSystemCalls } from './system-calls.js';
import { callValues, ledgerValues } from './values.js';

/** What the wire of a cell is like: values of a trial, and what speaks against them. */
export interface WireValues {
  readonly values: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

type Context = Pick<RunContext, 'startServer' | 'signal'>;

/** Everything to and from a server during one answer, byte by byte. `wire.reckoned`: it was checked by arithmetic. */
export function ledgerOfCell(cell: Cell, context: Context): Promise<WireValues> {
  return onServer(cell, context, ledgerOn);
}

/** The system calls of a server during one answer, which is not its first. */
export function callsOfCell(cell: Cell, context: Context): Promise<WireValues> {
  return onServer(cell, context, callsOn);
}

/** Both, on one server: the answer that is taken apart is its first. */
export function wireOfCell(cell: Cell, context: Context): Promise<WireValues> {
  return onServer(cell, context, async (found) => {
    const [ledger, calls] = [await ledgerOn(found), await callsOn(found)];
    return { values: { ...ledger.values, ...calls.values }, problems: ledger.problems };
  });
}

async function ledgerOn({ cell, server, trace, signal }: Found): Promise<WireValues> {
  const target = { ...cell.target, options: { ...cell.target.options, ...cell.options } };
  const { ledger, reckoned, problems } = await measureLedger({ target, url: server.url, trace, signal });
  return { values: { ...ledgerValues(ledger, trace.tokens), 'wire.reckoned': reckoned ? 1 : 0 }, problems };
}

async function callsOn({ cell, server, trace, signal }: Found): Promise<WireValues> {
  const { target } = cell;
  const { read } = (await import(`../drivers/${target.driver}.js`)) as { readonly read: Read };
  const options = { ...target.options, ...cell.options };
  const answer = (stream: number, name: string): Promise<void> =>
    read({ url: server.url, stream, trace: name, texts: trace.texts, options, signal }, NO_SINK);
  await answer(-1, 'warm-up');
  const calls = await countSystemCalls(server.pid, () => answer(0, trace.name));
  return { values: callValues(calls, trace.tokens), problems: [] };
}

/** A usual trial, with these values beside its own. What speaks against them speaks against it. */
export function withValues(measured: Measured, ...found: readonly WireValues[]): Measured {
  const problems = found.flatMap((one) => one.problems);
  const values = Object.assign({}, measured.trial.values, ...found.map((one) => one.values)) as Record<string, number>;
  const trial = { ...measured.trial, values };
  if (problems.length === 0) return { ...measured, trial };
  return { ...measured, trial: { ...trial, verdict: 'INVALID', reasons: [...trial.reasons, ...problems] } };
}

const NO_SINK: Sink = {
  headers() {},
  token() {},
  id() {},
  requests() {},
  lost() {},
  doubled() {},
  extra() {},
};

interface Found {
  readonly cell: Cell;
  readonly server: StartedServer;
  readonly trace: Trace;
  readonly signal: AbortSignal;
}

async function onServer(
  cell: Cell,
  context: Context,
  look: (found: Found) => Promise<WireValues>,
): Promise<WireValues> {
  const server = await context.startServer(cell);
  const signal = AbortSignal.any([context.signal, server.died]);
  try {
    return await look({ cell, server, trace: makeTrace(cell.load.trace), signal });
  } finally {
    await server.stop();
  }
}
