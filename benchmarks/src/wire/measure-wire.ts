import type { Read, Sink } from '../drivers/driver.js';
import type { Cell, RunContext } from '../scenarios/scenario.js';
import { makeTrace } from '../trace/trace.js';
import { measureLedger } from './measure-ledger.js';
import { countSystemCalls } from './system-calls.js';
import { callValues, ledgerValues } from './values.js';

/** What the wire of a cell is like: values of a trial, and what speaks against them. */
export interface WireValues {
  readonly values: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
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

/**
 * One answer on a server of its own, taken apart byte by byte; then another one, during which the server's system calls
 * are counted. Nothing of it is timed.
 */
export async function measureWire(
  cell: Cell,
  context: Pick<RunContext, 'startServer' | 'signal'>,
): Promise<WireValues> {
  const { target } = cell;
  const trace = makeTrace(cell.load.trace);
  const server = await context.startServer(cell);
  const signal = AbortSignal.any([context.signal, server.died]);
  const options = { ...target.options, ...cell.options };
  const checked = await measureLedger({ target: { ...target, options }, url: server.url, trace, signal });
  const { read } = (await import(`../drivers/${target.driver}.js`)) as { readonly read: Read };
  const call = { url: server.url, stream: 1, trace: trace.name, texts: trace.texts, options, signal };
  const calls = await countSystemCalls(server.pid, () => read(call, NO_SINK));
  await server.stop();
  return {
    values: {
      ...ledgerValues(checked.ledger, trace.tokens),
      ...callValues(calls, trace.tokens),
      'wire.reckoned': checked.reckoned ? 1 : 0,
    },
    problems: checked.problems,
  };
}
