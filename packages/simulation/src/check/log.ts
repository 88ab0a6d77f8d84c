import { isTerminal, textOf, type StreamEvent, type TerminalEvent } from '@tokenwire/protocol';

import type { Answer } from '../answer.js';
import type { AnswerPlan, Ending } from '../plan.js';
import type { SourceCall } from '../scripted-source.js';
import type { World } from '../world.js';

/** What each end of a model's answer looks like in the log. */
const ENDINGS: Record<Ending, string> = {
  complete: 'message_stop',
  'throw-after-end': 'message_stop',
  refuse: 'upstream_error',
  error: 'upstream_error',
  bug: 'internal',
  truncate: 'upstream_truncated',
  stall: 'upstream_stalled',
};

/** The code of the error with which this answer fails, if it does. */
export function failureOf({ ending }: AnswerPlan): string {
  return ENDINGS[ending];
}

/** One log: dense, ended once, true to its model; and if it was cancelled, for a reason and for good. */
export function checkLog(world: World, answer: Answer): void {
  const { verdict } = world;
  const events = answer.entries().map(({ json }) => JSON.parse(json) as StreamEvent);
  const calls = world.calls.filter(({ seed }) => seed === answer.generation.request.seed);
  if (calls.length > 1) verdict.broken('key', `the model was called ${calls.length} times for ${answer.name}`);
  const sparse = events.find(({ seq }, i) => seq !== i + 1);
  if (sparse) verdict.broken('prefix', `the log of ${answer.name} has a hole before seq ${sparse.seq}`);
  const terminals = events.filter(isTerminal);
  const [terminal] = terminals;
  if (!terminal || terminals.length > 1 || terminal !== events.at(-1)) {
    return verdict.broken('terminal', `${answer.name} has ${terminals.length} terminal events in ${events.length}`);
  }
  checkText(world, answer, events.map(textOf).join(''), calls[0]);
  if (terminal.type === 'cancelled') checkCancelled(world, answer, terminal, calls[0]);
  else checkEnding(world, answer, terminal);
}

function checkText(world: World, answer: Answer, text: string, call: SourceCall | undefined): void {
  const said = call?.text ?? '';
  const whole = answer.generation.status === 'completed';
  if (whole ? text === said : said.startsWith(text)) return;
  world.verdict.broken('content', `${answer.name} has ${text.length} characters of the ${said.length} that were said`);
}

function checkEnding(world: World, { name, plan }: Answer, terminal: TerminalEvent): void {
  const how = terminal.type === 'error' ? terminal.error.code : terminal.type;
  if (how !== ENDINGS[plan.ending])
    world.verdict.broken('terminal', `${name} ends with ${how} instead of ${plan.ending}`);
}

function checkCancelled(world: World, answer: Answer, terminal: TerminalEvent, call: SourceCall | undefined): void {
  const { verdict, plan } = world;
  const by = terminal.type === 'cancelled' ? terminal.by : '';
  if (by !== 'disconnect' && answer.stopsMs.length === 0) {
    verdict.broken('cancelled', `${answer.name} was cancelled by ${by}, but nobody stopped it`);
  }
  if (!call) return;
  const endedMs = answer.endedMs ?? 0;
  if (call.abortedMs === undefined) return verdict.broken('cancelled', `the model of ${answer.name} was never told`);
  // It closes first, or is given up after the time-out. Sums of fractions differ in the last bit.
  const givenUp = endedMs - call.abortedMs >= plan.limits.closeTimeoutMs - 1e-6;
  if ((call.closedMs ?? Infinity) <= endedMs || givenUp) return;
  verdict.broken('cancelled', `${answer.name} says cancelled while its model runs`);
}
