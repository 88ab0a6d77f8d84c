import type { Fault, FaultGroup } from './fault.js';
import { LINE_FAULTS } from './line-faults.js';
import { READER_FAULTS } from './reader-faults.js';
import { SERVER_FAULTS } from './server-faults.js';
import { release, standing } from './standing.js';

const REPAIR: Fault = {
  id: 'repair',
  title: 'Repair everything',
  does: 'Ends all that lasts: slow link, buffering proxy, slow reader.',
  shows: 'What was held back comes at once, and latency falls to where it was.',
  perPane: true,
  obstacle: ({ record }) => (standing(record).length > 0 ? undefined : 'Nothing that lasts is broken here.'),
  apply: (pane, control) => release(pane, control),
};

/** All that the page can do to an answer, in the order of its buttons. */
export const FAULT_GROUPS: readonly FaultGroup[] = [
  LINE_FAULTS,
  READER_FAULTS,
  SERVER_FAULTS,
  { title: 'Repair', faults: [REPAIR] },
];

export const FAULTS: readonly Fault[] = FAULT_GROUPS.flatMap(({ faults }) => faults);
