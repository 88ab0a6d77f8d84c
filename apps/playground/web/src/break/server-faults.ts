import { type Fault, type FaultGroup, type Target, notReading } from './fault.js';
import { observerOf } from './pane-observer.js';
import { duration } from './words.js';

/** How long the model says nothing. */
const STALL_MS = 4_000;

const RESTART: Fault = {
  id: 'server-restart',
  title: 'Server restart',
  does: 'Starts a new server process for new answers, which takes some seconds; then all connections are cut, and the old one finishes the answers it has.',
  shows:
    'Every client connects again and reads on; nothing is lost, because the old process keeps its log until the end.',
  perPane: false,
  obstacle: notReading,
  apply: async (_pane, control) => void (await control.ask({ type: 'restart' })),
};

const STALL: Fault = {
  id: 'upstream-stall',
  title: 'Model stalls',
  does: `Makes the model say nothing for ${duration(STALL_MS)}.`,
  shows:
    'No token, but heartbeats (or empty polls): the client knows that the connection lives, and does not reconnect.',
  perPane: true,
  obstacle: notAnswering,
  async apply({ record }, control) {
    await control.ask({ type: 'upstream', id: record.id ?? '', fault: { kind: 'stall', ms: STALL_MS } });
    observerOf(record)?.silent(`Says nothing for ${duration(STALL_MS)}.`, STALL_MS);
  },
};

const FAIL: Fault = {
  id: 'upstream-error',
  title: 'Model fails',
  does: 'Makes the model’s side fail in the middle of the answer.',
  shows: 'A terminal event that says so: the text so far stays, marked as partial, and is exactly what the log has.',
  perPane: true,
  obstacle: notAnswering,
  apply: async ({ record }, control) =>
    void (await control.ask({ type: 'upstream', id: record.id ?? '', fault: { kind: 'error' } })),
};

function notAnswering(pane: Target): string | undefined {
  return notReading(pane) ?? (pane.record.id === undefined ? 'Its answer has not begun.' : undefined);
}

export const SERVER_FAULTS: FaultGroup = { title: 'Server and model', faults: [RESTART, STALL, FAIL] };
