import Table from 'cli-table3';

import { rough, short } from './numbers.js';
import type { ModeReport, Report } from './report.js';

/** The table's columns: heading, and what a mode has there. */
export const COLUMNS: readonly (readonly [heading: string, cell: (mode: ModeReport) => string])[] = [
  ['mode', ({ mode }) => mode],
  ['TTFT', ({ ttftMs }) => short(ttftMs.p50)],
  ['ITL p50/p95/p99', ({ itlMs }) => [itlMs.p50, itlMs.p95, itlMs.p99].map(short).join('/')],
  ['TPOT', ({ tpotMs }) => short(tpotMs.p50)],
  ['TTLT', ({ ttltMs }) => short(ttltMs.p50)],
  ['D p50/p99', ({ deliveryMs }) => [deliveryMs?.p50, deliveryMs?.p99].map(short).join('/')],
  ['requests', ({ requestsPerAnswer }) => rough(requestsPerAnswer.p50)],
  ['B/token ↓', ({ wire }) => rough(wire.downBytesPerToken)],
  ['B/token ↑', ({ wire }) => rough(wire.upBytesPerToken)],
  ['CPU µs/token', ({ serverCpuUsPerToken }) => rough(serverCpuUsPerToken.p50)],
  ['SHA-256', ({ sha256 }) => sha256.slice(0, 8)],
];

/** Horizontal lines only; two spaces between columns. */
export const RULES = {
  'top-left': '',
  'top-mid': '──',
  'top-right': '',
  'left-mid': '',
  'mid-mid': '──',
  'right-mid': '',
  'bottom-left': '',
  'bottom-mid': '──',
  'bottom-right': '',
  left: '',
  middle: '  ',
  right: '',
};

/** The report for a terminal: the table, the sentence, the notes. */
export function renderTable({ modes, sentence, notes }: Report): string {
  const table = new Table({
    // Broken at spaces by hand: the table has to fit into 100 columns.
    head: COLUMNS.map(([heading]) => heading.replace(' ', '\n')),
    colAligns: COLUMNS.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: RULES,
  });
  for (const mode of modes) table.push(COLUMNS.map(([, cell]) => cell(mode)));
  return [table.toString(), '', sentence, '', ...notes.map((note) => `· ${note}`)].join('\n');
}
