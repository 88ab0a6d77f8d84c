/**
 * All standard metrics: what each series means, and which statistics of it are shown. Letters: `s` scheduled start of
 * the request, `h` headers, `b` first byte, `t` arrival of a token, `c` arrival of a chunk, `e` the reader knows that it
 * is over; on the server `q` when a token is due, `w` when it was written; `n` tokens.
 */
import type { Metric } from './metric.js';
import { OBJECTIVES } from './objectives.js';
import { READING_RATE } from './stream-series.js';

/** One series and its statistics. */
export interface Family extends Pick<
  Metric,
  'series' | 'label' | 'unit' | 'per' | 'better' | 'definition' | 'deterministic'
> {
  readonly statistics: readonly string[];
}

const SPREAD = ['p50', 'p95', 'p99', 'mean'] as const;
const TIME = { unit: 'ms', better: 'lower', statistics: SPREAD } as const;
const OF_TOKEN = { ...TIME, per: 'token' } as const;
const OF_STREAM = { ...TIME, per: 'stream' } as const;
const ONE_A_TRIAL = { per: 'trial', better: 'lower', statistics: ['median'] } as const;

export const TIMES: readonly Family[] = [
  {
    ...OF_TOKEN,
    series: 'delivery',
    label: 'D',
    definition: 'token delivery latency D = tᵢ − qᵢ, slip and transport together',
  },
  { ...OF_TOKEN, series: 'slip', label: 'slip', definition: 'wᵢ − qᵢ: how late the server was' },
  {
    ...OF_TOKEN,
    series: 'transport',
    label: 'transport',
    definition: 'tᵢ − wᵢ: from the server’s hands to the application',
  },
  { ...OF_STREAM, series: 'ttft', label: 'TTFT', definition: 't₁ − s: time to first token, from the scheduled start' },
  {
    ...OF_STREAM,
    series: 'addedTtft',
    label: 'added TTFT',
    definition: 't₁ − q₁: what server and transport add to the first token',
  },
  { ...OF_STREAM, series: 'headers', label: 'headers', definition: 'h − s: response headers, or the open socket' },
  { ...OF_STREAM, series: 'firstByte', label: 'first byte', definition: 'b − s: first byte of a body or message' },
  // Not `lower`: heaps of tokens have an ITL of 0, so that a hop which buffers makes it look better.
  { ...OF_TOKEN, better: 'neither', series: 'itl', label: 'ITL', definition: 'tᵢ − tᵢ₋₁; tokens of one chunk have 0' },
  {
    ...OF_TOKEN,
    better: 'neither',
    series: 'gap',
    label: 'chunk gap',
    definition: 'cᵢ − cᵢ₋₁, between chunks that carry tokens',
  },
  { ...OF_STREAM, better: 'neither', series: 'tpot', label: 'TPOT', definition: '(tₙ − t₁)/(n − 1), one a stream' },
  { ...OF_STREAM, series: 'ttlt', label: 'TTLT', definition: 'tₙ − s: time to last token' },
  {
    ...OF_STREAM,
    series: 'ttltPerToken',
    label: 'TTLT/n',
    definition: '(tₙ − s)/n: the wait for the first token is in it',
  },
  { ...OF_STREAM, series: 'done', label: 'done', definition: 'e − s: the reader knows that nothing follows' },
  {
    ...OF_TOKEN,
    series: 'jitter',
    label: 'jitter',
    definition: '|CDV|, cdvᵢ = (tᵢ − tᵢ₋₁) − (wᵢ − wᵢ₋₁); the model’s unevenness cancels out',
  },
  { ...OF_STREAM, series: 'lag', label: 'lag', definition: 'how late the generator issued a request' },
  {
    ...ONE_A_TRIAL,
    series: 'lagP99',
    label: 'lag p99',
    unit: 'ms',
    definition: 'the 99th percentile of the lag of a trial',
  },
  {
    ...ONE_A_TRIAL,
    series: 'serverLoopDelay',
    label: 'loop p99',
    unit: 'ms',
    definition: 'event-loop delay of the server, p99 of a trial',
  },
  {
    ...ONE_A_TRIAL,
    series: 'serverLoopDelayP50',
    label: 'loop p50',
    unit: 'ms',
    definition: 'event-loop delay of the server, p50 of a trial',
  },
  {
    ...ONE_A_TRIAL,
    series: 'serverLoopDelayMax',
    label: 'loop max',
    unit: 'ms',
    definition: 'event-loop delay of the server, longest of a trial',
  },
  {
    ...ONE_A_TRIAL,
    series: 'generatorLoopDelay',
    label: 'client loop p99',
    unit: 'ms',
    definition: 'event-loop delay of the generator, p99 of a trial',
  },
];

const RATE = { unit: 'tokens/s', per: 'stream', better: 'higher', statistics: ['p50', 'p95', 'mean'] } as const;
const SHARE = { unit: 'ratio', per: 'stream' } as const;

export const RATES: readonly Family[] = [
  { ...RATE, series: 'streamRate', label: 'tokens/s a stream', definition: '(n − 1)/(tₙ − t₁)' },
  { ...RATE, series: 'endToEndRate', label: 'tokens/s end to end', definition: 'n/TTLT' },
  {
    ...RATE,
    per: 'trial',
    statistics: ['median'],
    series: 'systemRate',
    label: 'tokens/s system',
    definition: 'all tokens ÷ time from the first scheduled start to the last token',
  },
  {
    ...SHARE,
    series: 'stall',
    label: 'stall',
    better: 'lower',
    statistics: SPREAD,
    definition: `share of time in which a reader of ${READING_RATE} tokens/s has nothing to read`,
  },
  {
    ...SHARE,
    series: 'goodput',
    label: 'goodput',
    better: 'higher',
    statistics: ['mean'],
    definition: `streams that were complete, had the right SHA-256, TTFT ≤ ${OBJECTIVES.ttftMs} ms and 99 % of D ≤ ${OBJECTIVES.deliveryP99Ms} ms`,
  },
  {
    ...ONE_A_TRIAL,
    series: 'goodStreamRate',
    label: 'good streams/s',
    unit: 'count',
    better: 'higher',
    definition: 'streams that met every objective, per second',
  },
];

const COUNT = { unit: 'count', per: 'stream', better: 'lower', statistics: ['mean'] } as const;

export const COUNTS: readonly Family[] = [
  {
    ...COUNT,
    better: 'neither',
    series: 'tokensPerChunk',
    label: 'tokens/chunk',
    definition: 'tokens that arrived together',
  },
  { ...COUNT, series: 'requests', label: 'requests', definition: 'HTTP requests and sockets of an answer' },
  { ...COUNT, series: 'reconnects', label: 'reconnects', definition: 'connections of an answer after the first' },
  { ...COUNT, series: 'lost', label: 'lost', definition: 'events that never came' },
  { ...COUNT, series: 'doubled', label: 'doubled', definition: 'events that came twice or out of order' },
];

const CPU = { ...ONE_A_TRIAL, unit: 'µs' } as const;
const MEMORY = { ...ONE_A_TRIAL, unit: 'KiB' } as const;
const SHARE_OF_TRIAL = { ...ONE_A_TRIAL, unit: 'ratio' } as const;

export const COSTS: readonly Family[] = [
  {
    ...CPU,
    series: 'serverCpu',
    label: 'CPU µs/token',
    definition: 'user and system CPU of the server from first request to last answer, per delivered token',
  },
  { ...CPU, series: 'serverCpuUser', label: 'CPU user', definition: 'its user part' },
  { ...CPU, series: 'serverCpuSystem', label: 'CPU sys', definition: 'its system part' },
  {
    ...CPU,
    series: 'serverCpuSteady',
    label: 'CPU steady',
    definition: 'CPU of the server while all streams ran, per token of that time',
  },
  { ...CPU, series: 'serverCpuSteadyUser', label: 'CPU steady user', definition: 'its user part' },
  { ...CPU, series: 'serverCpuSteadySystem', label: 'CPU steady sys', definition: 'its system part' },
  {
    ...CPU,
    series: 'generatorCpu',
    label: 'client CPU',
    definition: 'user and system CPU of the generator, per delivered token',
  },
  {
    ...SHARE_OF_TRIAL,
    series: 'serverShare',
    label: 'server load',
    definition: 'share of one processor that the server used',
  },
  {
    ...SHARE_OF_TRIAL,
    series: 'generatorShare',
    label: 'client load',
    definition: 'share of one processor that the generator used',
  },
  {
    ...SHARE_OF_TRIAL,
    series: 'stealShare',
    label: 'stolen',
    definition: 'share of processor time that a hypervisor took',
  },
  {
    ...SHARE_OF_TRIAL,
    series: 'othersBusy',
    label: 'others',
    definition: 'processors kept busy by processes outside the trial',
  },
  { ...MEMORY, series: 'serverRss', label: 'RSS', definition: 'resident memory of the server at the end' },
  { ...MEMORY, series: 'serverHeap', label: 'heap', definition: 'JavaScript heap of the server in use at the end' },
  {
    ...MEMORY,
    series: 'serverExternal',
    label: 'external',
    definition: 'memory of the server outside of the heap that JavaScript holds',
  },
  { ...MEMORY, series: 'generatorRss', label: 'client RSS', definition: 'resident memory of the generator at the end' },
  { ...MEMORY, series: 'rssKiB', label: 'RSS/connection', definition: 'slope of resident memory over connections' },
  {
    ...MEMORY,
    series: 'heapKiB',
    label: 'heap/connection',
    definition: 'slope of the used JavaScript heap over connections',
  },
  {
    ...MEMORY,
    series: 'externalKiB',
    label: 'external/connection',
    definition: 'slope of memory outside of the heap over connections',
  },
  {
    ...MEMORY,
    series: 'kernelKiB',
    label: 'kernel/connection',
    definition: 'slope of the kernel’s socket memory over connections',
  },
  // What a cut and a stop cost, one value a stream.
  { ...OF_STREAM, series: 'noticeMs', label: 'notice', definition: 'from the cut until the reader knows of it' },
  { ...OF_STREAM, series: 'resumeMs', label: 'resume', definition: 'from the cut to the next new token' },
  {
    ...COUNT,
    unit: 'bytes',
    series: 'replayedBytes',
    label: 'replayed B',
    definition: 'bytes that were sent again after a cut',
  },
  { ...COUNT, series: 'wastedTokens', label: 'wasted', definition: 'tokens produced after a stop' },
];
