import { equal, ok } from 'node:assert/strict';

import { isTerminal, textOf, TokenwireError, type StreamEvent } from '@tokenwire/protocol';

/** Seq 1 (or `after` + 1) to the end without gaps, one terminal event, and that one last. */
export function checkLog(events: readonly StreamEvent[], after = 0): void {
  checkDense(events, after);
  const terminal = events.filter(isTerminal);
  equal(terminal.length, 1, 'there is exactly one terminal event');
  equal(terminal[0], events.at(-1), 'the terminal event is the last');
}

/** Seq `after` + 1 and on, without gaps, each once. */
export function checkDense(events: readonly StreamEvent[], after = 0): void {
  // Not two lists compared: of a long answer that is a long message.
  const wrong = events.findIndex(({ seq }, index) => seq !== after + index + 1);
  const around = events.slice(Math.max(0, wrong - 2), wrong + 3).map(({ seq }) => seq);
  ok(wrong < 0, `events are numbered without gaps, each once; seen: …, ${around.join(', ')}, …`);
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
