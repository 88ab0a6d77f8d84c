import { MODE_TITLES } from '../race/titles.js';
import type { Effect } from './effect.js';
import { FAULT_DEFAULTS, type Fault, type FaultGroup, type Target, notConnected, notReading } from './fault.js';
import { observerOf } from './pane-observer.js';
import { type Asker, hold } from './standing.js';
import { counted, duration } from './words.js';

/** How long a slow reader takes for one event. */
const DELAY_MS = 250;
/**
 * How long the tab sleeps, and how long its clock says that it has slept. The first is shorter than the silence after which
 * a client gives a connection up by itself, so that waking is what makes it look.
 */
const SLEEP_MS = 3_000;
const SLEPT_MS = 60_000;

const SLOW_READER: Fault = {
  id: 'slow-reader',
  title: 'Slow reader',
  does: `Makes the page take one event every ${DELAY_MS} ms, as an application does that works too long on each.`,
  shows:
    'The pane falls behind and the server does not care: the log holds what is not yet read, and nobody else is slowed.',
  perPane: true,
  lasting: true,
  local: true,
  obstacle: notReading,
  apply: (pane, control, options = FAULT_DEFAULTS) => hold(pane, control, SLOWED, options.forMs),
};

const SLOWED: Effect = {
  id: SLOW_READER.id,
  who: 'client',
  delayMs: DELAY_MS,
  begins: `Takes one event every ${DELAY_MS} ms from now on.`,
  ends: 'Reads as they come again.',
  effect: ({ events, ms }) => `Took ${counted(events, 'event')} in ${duration(ms)}.`,
};

const SLEEPING_TAB: Fault = {
  id: 'sleeping-tab',
  title: 'Sleeping tab',
  does: `Plays a laptop’s sleep: the network forgets the connection, and after ${duration(SLEEP_MS)} the client is told that it wakes up and that ${duration(SLEPT_MS)} have passed.`,
  shows:
    'No waiting for the watchdog: on waking the client sees how old the last byte is, and reads on over a new connection.',
  perPane: true,
  obstacle: notConnected,
  apply: sleep,
};

async function sleep({ record, device }: Target, control: Asker): Promise<void> {
  await control.ask({ type: 'cut', lane: record.lane, how: 'blackhole' });
  setTimeout(() => {
    if (!record.running) return;
    const text = `The tab wakes up. The sleep is played: its clock has been put ${duration(SLEPT_MS)} ahead.`;
    observerOf(record)?.woke(text);
    device.wake(SLEPT_MS);
  }, SLEEP_MS);
}

const SWITCH: Fault = {
  id: 'switch-transport',
  title: 'Switch transport',
  does: 'Ends this client in mid-answer and reads on with the one of another transport, which is given nothing but the cursor.',
  shows: 'The same answer goes on where it was: a cursor is valid on every transport, because they read one log.',
  perPane: true,
  local: true,
  obstacle: (pane, { mode }) =>
    notReading(pane) ?? (pane.record.mode === mode ? `It is read over ${MODE_TITLES[mode]} already.` : undefined),
  apply: async (pane, _control, options = FAULT_DEFAULTS) => pane.switchTo(options.mode),
};

export const READER_FAULTS: FaultGroup = { title: 'The reader', faults: [SLOW_READER, SLEEPING_TAB, SWITCH] };
