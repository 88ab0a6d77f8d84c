import { fire, type Salvo } from '../autocannon/salvo.js';
import { askJson } from '../compare/http.js';
import type { Target } from '../targets/target.js';
import { percentile } from '../statistics/percentile.js';
import { named, steadyTrace } from './loads.js';
import { trialMetric } from './own-metric.js';
import type { Cell, Measured, RunContext, Scenario, Size } from './scenario.js';
import { list, NOTHING, numberOf, ranked, validRows, value } from './sentences.js';

const CONNECTIONS = { quick: [1, 50], full: [1, 10, 50, 200] } as const;
const SECONDS = { quick: 2, full: 3 } as const;
/** Before it: the code is compiled, connections are made. */
const WARM_UP_SECONDS = 1;
/** Polls of one answer by one client address that the server allows by default; the limit is else taken out of the way. */
const POLLS_PER_SECOND = 40;
const LIMIT_FLAGS = ['--polls-per-second', String(POLLS_PER_SECOND)];
const LIMITED = 'as shipped';
const REQUEST = { model: 'sim', prompt: 'x', maxTokens: 30, cadence: 'instant' };

/** What is asked for, by mode. Of an answer that is over, so that nothing waits but the request. */
const PATHS: Readonly<Record<string, (id: string, cursor: string) => string>> = {
  'short-poll': (id, cursor) => `/generations/${id}/events?after=${cursor}&wait=0`,
  'long-poll': (id, cursor) => `/generations/${id}/events?after=${cursor}&wait=25`,
  batch: (id) => `/generations/${id}`,
};

/** How many requests the polling server can answer, and what happens beyond. */
export const pollingCeiling: Scenario = {
  name: 'polling-ceiling',
  title: 'Ceiling of polling',
  question: 'How many polls can one server answer, and what do the others get?',
  cells: (size, targets) =>
    named(targets, ...Object.keys(PATHS)).flatMap((target) => [
      ...CONNECTIONS[size].map((connections) => cellOf(target, connections, size)),
      ...(target.name === 'short-poll' ? [limited(cellOf(target, 50, size))] : []),
    ]),
  blocks: (size) => (size === 'full' ? 3 : 1),
  columns: [
    'requestRate.median',
    'latencyP50Ms.median',
    'latencyP99Ms.median',
    'refusedShare.median',
    'errorShare.median',
    'requestCpuUs.median',
    'busyShare.median',
  ],
  metrics: [
    trialMetric('requestRate', { label: 'answered/s', better: 'higher', definition: 'responses with 200 per second' }),
    trialMetric('latencyP50Ms', { label: 'p50', unit: 'ms', definition: 'median time from a request to its answer' }),
    trialMetric('latencyP99Ms', { label: 'p99', unit: 'ms', definition: '99th percentile of the same' }),
    trialMetric('refusedShare', { label: '429', unit: 'ratio', definition: 'share of requests refused with 429' }),
    trialMetric('errorShare', {
      label: 'errors',
      unit: 'ratio',
      definition: 'share of requests with another status, a lost connection or a time-out',
    }),
    trialMetric('requestCpuUs', { label: 'CPU µs/request', unit: 'µs', definition: 'CPU of the server per request' }),
    trialMetric('busyShare', { label: 'server load', unit: 'ratio', definition: 'share of a processor it used' }),
  ],
  compared: [],
  reference: null,
  axis: 'connections',
  run: measure,
  answer(report) {
    const rows = validRows(report);
    if (rows.length === 0) return NOTHING;
    const best = Object.keys(PATHS).flatMap((target) => {
      const own = rows.filter((row) => row.target === target && row.factors['limit'] === undefined);
      const top = ranked(own, 'requestRate.median').at(-1);
      if (!top) return [];
      const at = `${value(top, 'requestRate.median')}/s at ${top.point}`;
      return [`${target} ${at} (${value(top, 'requestCpuUs.median')} µs each)`];
    });
    const shipped = rows.find(({ factors }) => factors['limit'] !== undefined);
    const refused = shipped
      ? ` With the limit of polls that the server is shipped with, ${Math.round(numberOf(shipped, 'refusedShare.median') * 100)} % of the requests get 429.`
      : '';
    return `Most polls answered: ${list(best)}.${refused}`;
  },
  notes: [
    'autocannon in a closed loop: a connection asks again as soon as it was answered. Its latencies are no delivery latencies: a server that answers slowly is asked less often.',
    'One answer that is over is polled at its end: an empty page, so this is the price of a poll that brings nothing. batch is the snapshot.',
    `The server lets one client address poll an answer ${POLLS_PER_SECOND} times a second; the limit is taken out of the way, except where the point says so.`,
  ],
};

function cellOf(target: Target, connections: number, size: Size): Cell {
  return {
    target,
    point: `${connections} connections`,
    factors: { connections },
    // Nothing is streamed: the trace only names the load.
    load: {
      trace: steadyTrace('quick', { name: 'unused', tokens: 2 }),
      streams: connections,
      rampMs: 0,
      warmUp: 0,
    },
    options: { seconds: SECONDS[size] },
  };
}

function limited(cell: Cell): Cell {
  const factors = { ...cell.factors, limit: LIMITED };
  return { ...cell, point: `${cell.point}, ${LIMITED}`, factors, flags: LIMIT_FLAGS };
}

async function measure(cell: Cell, context: RunContext): Promise<Measured> {
  const pathOf = PATHS[cell.target.name];
  if (!pathOf) throw new Error(`${cell.target.name} is not polled`);
  const { streams: connections } = cell.load;
  const server = await context.startServer(cell);
  const signal = AbortSignal.any([context.signal, server.died]);
  const { id, cursor } = await finishedAnswer(server.url, signal);
  const shoot = (seconds: number) =>
    fire({
      url: server.url + pathOf(id, cursor),
      headers: { accept: 'application/json' },
      connections,
      until: { seconds },
      timeoutSeconds: 10,
      signal,
    });
  await shoot(WARM_UP_SECONDS);
  await server.use();
  const salvo = await shoot(Number(cell.options?.['seconds']));
  const { cpuUserUs, cpuSystemUs, wallMs } = await server.use();
  await server.stop();
  const cpuUs = cpuUserUs + cpuSystemUs;
  return context.measured(cell, { values: { ...figuresOf(salvo, cpuUs), busyShare: cpuUs / 1000 / wallMs } });
}

function figuresOf({ latenciesMs, statuses, errors, seconds }: Salvo, cpuUs: number): Record<string, number> {
  const all = latenciesMs.length + errors;
  const [good, refused] = [statuses[200] ?? 0, statuses[429] ?? 0];
  return {
    requestRate: good / seconds,
    latencyP50Ms: percentile(latenciesMs, 50),
    latencyP99Ms: percentile(latenciesMs, 99),
    refusedShare: refused / all,
    errorShare: (all - good - refused) / all,
    requestCpuUs: cpuUs / all,
  };
}

/** Starts an answer and waits until it is over. */
function finishedAnswer(url: string, signal: AbortSignal): Promise<{ readonly id: string; readonly cursor: string }> {
  return askJson(`${url}/generations?wait=25`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(REQUEST),
    signal,
  });
}
