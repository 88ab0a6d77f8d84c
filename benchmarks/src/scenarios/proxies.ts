import { messageOf } from '../compare/failures.js';
import { PROXIES } from '../proxies/proxies.js';
import type { Proxy } from '../proxies/proxy.js';
import { REPAIRS } from '../proxies/repairs.js';
import { refusalOf } from '../proxies/refusal.js';
import type { Row, ScenarioReport } from '../report/model.js';
import { named, steadyTrace, streaming } from './loads.js';
import type { Cell, Measured, RunContext, Scenario, Size } from './scenario.js';
import { NOTHING, numberOf, rowOf, value } from './sentences.js';
import type { Target } from '../targets/target.js';

const DIRECT = 'no proxy';
const VARIANTS = { stock: 'as shipped', unaware: 'as shipped, header ignored', documented: 'documented', h2: 'HTTP/2' };

/** Later than this, and twice as late as with the documented lines, is held back. */
const HELD_MS = 5;

/** Every mode through every proxy, as shipped and as documented. */
export const proxies: Scenario = {
  name: 'proxies',
  recordable: true,
  title: 'Proxies',
  question: 'What does a proxy in front do to a stream as it is shipped, and which line repairs it?',
  cells: (size, targets) => [
    ...streaming(targets).map((target) => cellOf(target, undefined, size)),
    ...PROXIES.flatMap((proxy) => targetsOf(proxy, targets).map((target) => cellOf(target, proxy, size))),
  ],
  blocks: () => 1,
  columns: ['delivery.p50', 'delivery.p99', 'ttft.p50', 'itl.p50', 'gap.p50', 'tokensPerChunk.mean', 'requests.mean'],
  compared: [],
  reference: null,
  mayBreak: true,
  run: loadOrSayWhy,
  answer: whatIsBroken,
  notes: [
    'An INVALID row is a result here: through this proxy, configured so, this mode does not work. Its reason says what was answered.',
    'As shipped: the least that a person has to write, `proxy_pass` or its like. “Header ignored” is nginx before a server that does not send `X-Accel-Buffering: no`, as ours do.',
    'HTTP/2: towards the reader, without TLS, all streams on one connection, read by a bare reader; the proxy speaks HTTP/1.1 to the server. WebSockets and polls are left out.',
    'The configurations are in benchmarks/proxies, explained in docs/proxies.md.',
  ],
};

/** With HTTP/2 a bare reader, of what can be read so. Only responses that stream can be held by a header ignored. */
function targetsOf({ variant }: Proxy, targets: readonly Target[]): readonly Target[] {
  const pushed = named(targets, 'chunked', 'sse');
  if (variant === 'unaware') return pushed;
  if (variant !== 'h2') return streaming(targets);
  return pushed.map((target) => Object.assign({}, target, { driver: 'http2' }));
}

function cellOf(target: Target, proxy: Proxy | undefined, size: Size): Cell {
  const load = { trace: steadyTrace(size), streams: 20, rampMs: 500, warmUp: 5 };
  if (!proxy) return { target, point: DIRECT, factors: { proxy: 'none', variant: 'none' }, load };
  const { name, program, variant } = proxy;
  const factors = { proxy: program, variant };
  return { target, point: `${program}, ${VARIANTS[variant]}`, factors, load, proxy: name };
}

/** The usual measurement; what cannot be read is asked once more, by hand, for what it is answered. */
async function loadOrSayWhy(cell: Cell, context: RunContext): Promise<Measured> {
  let measured: Measured;
  try {
    measured = await context.load(cell);
  } catch (error) {
    context.signal.throwIfAborted();
    measured = context.measured(cell, { values: {}, invalid: [messageOf(error)] });
  }
  if (measured.trial.verdict !== 'INVALID') return measured;
  const server = await context.startServer(cell);
  const refusal = cell.target.driver === 'tokenwire' ? await refusalOf(server.url, cell.target.name) : '';
  const reasons = refusal === '' ? measured.trial.reasons : [refusal, ...measured.trial.reasons];
  return { ...measured, trial: { ...measured.trial, reasons } };
}

function whatIsBroken(report: ScenarioReport): string {
  const shipped = PROXIES.filter(({ variant }) => variant === 'stock' || variant === 'unaware');
  const rowsOf = (proxy: Proxy): readonly Row[] => report.rows.filter((row) => isOf(row, proxy));
  const said = shipped.flatMap((proxy) => {
    const harms = rowsOf(proxy).flatMap((row) => harmOf(report, row, proxy));
    return harms.length === 0 ? [] : [`${proxy.program} ${VARIANTS[proxy.variant]}: ${harms.join('; ')}`];
  });
  if (said.length > 0) return `${said.join('. ')}.`;
  const rows = shipped.flatMap(rowsOf);
  const judged = rows.filter(({ verdict }) => verdict === 'VALID').length;
  return judged === 0 ? NOTHING : `No proxy breaks anything as it is shipped: ${judged} of ${rows.length} rows count.`;
}

function isOf(row: Row, { program, variant }: Proxy): boolean {
  return row.factors['proxy'] === program && row.factors['variant'] === variant;
}

/** What a row suffers, in a few words, with the lines that were seen to repair it. */
function harmOf(report: ScenarioReport, row: Row, { program }: Proxy): string[] {
  const repaired = rowOf(report, row.target, `${program}, ${VARIANTS.documented}`);
  const works = repaired?.verdict === 'VALID';
  const { refused, held } = REPAIRS[program];
  if (row.verdict === 'INVALID') {
    const repair = works && refused ? `, repaired by ${quoted(refused)}` : '';
    // Reasons of a row begin with the block that they are from.
    const reason = row.reasons[0]?.replace(/^block \d+: /, '') ?? 'no reason';
    return [`${row.target} is broken (${reason})${repair}`];
  }
  const lateMs = numberOf(row, 'delivery.p50');
  const isHeld =
    works && row.verdict === 'VALID' && lateMs > HELD_MS && lateMs > 2 * numberOf(repaired, 'delivery.p50');
  if (!isHeld || !held) return [];
  const times = `${value(row, 'delivery.p50')} instead of ${value(repaired, 'delivery.p50')} ms`;
  return [`${row.target} is held back (${times}), repaired by ${quoted(held)}`];
}

function quoted(lines: readonly string[]): string {
  return lines.map((line) => `\`${line}\``).join(' ');
}
