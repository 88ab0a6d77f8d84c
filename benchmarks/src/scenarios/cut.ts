import { steadyTrace, streaming } from './loads.js';
import { extraMetric } from './own-metric.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, validRows, value } from './sentences.js';

/** How a connection can end, as shown. */
const ENDINGS = { rst: 'reset', fin: 'closed', blackhole: 'silence' } as const;
/** For silence: heartbeats of the server, and how long a client listens to nothing. */
const HEARTBEAT_MS = 200;
const IDLE_MS = 600;

/** The connection of every reader is cut once in mid-answer. */
export const cut: Scenario = {
  name: 'cut',
  title: 'Cut and resume',
  question: 'How fast does a reader notice a cut, how fast is it back, and is anything lost?',
  cells: (size, targets) =>
    streaming(targets).flatMap((target) =>
      (['rst', 'fin', 'blackhole'] as const)
        .filter((how) => size === 'full' || how === 'rst')
        .map((how) => ({
          // The same clients, in a driver that cuts.
          target: { ...target, driver: 'cut' },
          point: ENDINGS[how],
          factors: { ending: ENDINGS[how] },
          flags: ['--heartbeat-ms', String(HEARTBEAT_MS)],
          options: {
            how,
            afterTokens: 30,
            client: { idleTimeoutMs: IDLE_MS, waitSeconds: 1, retry: { maxAttempts: 10, baseMs: 50, capMs: 200 } },
          },
          load: { trace: steadyTrace(size, { name: 'cut', tokens: 100 }), streams: 20, rampMs: 500, warmUp: 0 },
        })),
    ),
  blocks: (size) => (size === 'full' ? 2 : 1),
  columns: [
    'lost.mean',
    'doubled.mean',
    'noticeMs.p50',
    'noticeMs.p95',
    'resumeMs.p50',
    'delivery.p99',
    'requests.mean',
  ],
  compared: [],
  reference: null,
  metrics: [
    extraMetric('noticeMs', {
      p: 50,
      label: 'notice',
      definition: 'from the cut until the client says `reconnecting`',
    }),
    extraMetric('noticeMs', { p: 95, label: 'notice p95', definition: 'the same, 95th percentile' }),
    extraMetric('resumeMs', { p: 50, label: 'resume', definition: 'from `reconnecting` to the next new token' }),
  ],
  answer(report) {
    const rows = validRows(report);
    if (rows.length === 0) return NOTHING;
    const said = rows.map(
      (row) => `${row.target} ${row.point} ${value(row, 'noticeMs.p50')} + ${value(row, 'resumeMs.p50')}`,
    );
    return `Nothing was lost or doubled. Milliseconds to notice + to resume: ${list(said)}.`;
  },
  notes: [
    `Clients wait up to 50 ms before the first attempt (full jitter). Silence is noticed after ${IDLE_MS} ms without a byte, with heartbeats every ${HEARTBEAT_MS} ms; defaults are 37.5 s and 15 s. Polls ask for 1 s of waiting.`,
    'Polling has no connection to lose between two polls: a cut there is not noticed, and costs nothing.',
    'Every answer was complete and its hash right, or the row would be INVALID.',
  ],
};
