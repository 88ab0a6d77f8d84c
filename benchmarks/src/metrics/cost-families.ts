/** Metrics of counts and costs. Bytes and frames are in `wire.ts`. */
import { OF_STREAM, ONE_A_TRIAL, type Family } from './families.js';

const COUNT = { unit: 'count', per: 'stream', better: 'lower', statistics: ['mean'] } as const;

/** Counts. */
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

/** What tokens, connections, cuts and stops cost. */
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
