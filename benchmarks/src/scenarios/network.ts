import { PROFILES } from '../networks/profiles.js';
import type { Row } from '../report/model.js';
import { steadyTrace, streaming } from './loads.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, ranked, validRows, value } from './sentences.js';

/** A household, not a company: everybody shares one line. */
const STREAMS = 10;

/** Every mode over every network profile. */
export const network: Scenario = {
  name: 'network',
  recordable: true,
  title: 'Network profiles',
  question: 'What does the way to the reader add, and does it add more to one transport than to another?',
  cells: (size, targets) =>
    PROFILES.flatMap(({ name, rttMs, downBps, upBps, loss }) =>
      streaming(targets).map((target) => ({
        target,
        point: name,
        factors: { network: name, rttMs, downMbps: downBps / 1e6, upMbps: upBps / 1e6, lossPercent: loss * 100 },
        load: { trace: steadyTrace(size), streams: STREAMS, rampMs: 500, warmUp: 2 },
        network: name,
      })),
    ),
  blocks: (size) => (size === 'full' ? 2 : 1),
  columns: [
    'delivery.p50',
    'delivery.p99',
    'ttft.p50',
    'done.p50',
    'itl.p50',
    'gap.p50',
    'tokensPerChunk.mean',
    'stall.mean',
    'requests.mean',
  ],
  compared: [],
  reference: null,
  axis: 'rttMs',
  answer(report) {
    const rows = validRows(report);
    const said = PROFILES.flatMap(({ name }) => {
      const here = rows.filter(({ point }) => point === name);
      return here.length < 2 ? [] : [`${name} ${span(here, 'delivery.p50')}, first token ${span(here, 'ttft.p50')}`];
    });
    return said.length === 0 ? NOTHING : `Median delivery latency in ms, best to worst: ${said.join('; ')}.`;
  },
  notes: [
    'Each profile is the same for all streams of a trial, which share its rate. How it was made on this machine is in the manifest.',
    'Every answer has a connection of its own: where packets are delayed, TTFT holds one round trip for connecting and one for the request, and polling a third.',
    'Delivery latency counts from the token’s due time, so half a round trip is in it, whatever the transport.',
  ],
};

/** `sse 14.2 – short-poll 139`. */
function span(rows: readonly Row[], metric: string): string {
  const order = ranked(rows, metric);
  return list([order[0], order.at(-1)].map((row) => `${row?.target ?? ''} ${value(row, metric)}`));
}
