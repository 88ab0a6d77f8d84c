import { deepEqual, equal, ok } from 'node:assert/strict';

import { isTerminal, textOf, TokenwireError, type StreamEvent } from '@tokenwire/protocol';

/** Seq 1 (or `after` + 1) to the end without gaps, one terminal event, and that one last. */
export function checkLog(events: readonly StreamEvent[], after = 0): void {
  deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => after + index + 1),
    'events are numbered without gaps, each once',
  );
  const terminal = events.filter(isTerminal);
  equal(terminal.length, 1, 'there is exactly one terminal event');
  equal(terminal[0], events.at(-1), 'the terminal event is the last');
}

/** The text of all text deltas. */
export function textOfAll(events: readonly StreamEvent[]): string {
  return events.map(textOf).join('');
}

/** The error that `work` throws. @throws when it throws none, or one without a code. */
export async function refusalOf(work: () => Promise<unknown>): Promise<TokenwireError> {
  try {
    await work();
  } catch (error) {
    ok(error instanceof TokenwireError, `expected an error with a code, got: ${String(error)}`);
    return error;
  }
  throw new Error('expected an error, and there was none');
}
