import { parseArgs } from 'node:util';

import { MODES } from '@tokenwire/protocol';

import { ENDINGS, WAYS, type AnswerName, type Selection } from './cases.js';

export const USAGE = `Cuts the connections of an answer at every byte, and checks that no reader notices.

  npm run test:cuts -- [options]

  --mode MODE       only this mode: ${MODES.join(', ')}
  --way WAY         only down (the answer) or up (the request)
  --how HOW         only fin (closed in good order), rst (reset) or blackhole (open, and silent)
  --offset N        only after so many bytes: with the three above, one cut
  --stride N        every so many-th offset; default 1: all
  --answer NAME     only hostile (cut at every offset) or megabyte (at some)
  --megabyte N      cuts of the megabyte for each mode and ending; default 10
  --seed N          decides in which mode an answer continues; default 7
  --lanes N         streams at the same time, and ten times as many that wait; default 12
  --help
`;

/** What the command line asks for. */
export interface CutOptions {
  readonly selection: Selection;
  readonly answers: readonly AnswerName[];
  readonly megabytes: number;
  readonly seed: number;
  readonly lanes: number;
}

const OPTIONS = {
  mode: { type: 'string' },
  way: { type: 'string' },
  how: { type: 'string' },
  offset: { type: 'string' },
  stride: { type: 'string' },
  answer: { type: 'string' },
  megabyte: { type: 'string' },
  seed: { type: 'string' },
  lanes: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const ANSWER_NAMES: readonly AnswerName[] = ['hostile', 'megabyte'];

/**
 * Reads a command line. `help` when that is all it asks for.
 * @throws {Error} that says what is wrong and what to write instead.
 */
export function readCutOptions(args: readonly string[]): CutOptions | 'help' {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help === true) return 'help';
  const offset = whole('--offset', values.offset);
  return {
    selection: {
      modes: oneOf('--mode', values.mode, MODES),
      ways: oneOf('--way', values.way, WAYS),
      endings: oneOf('--how', values.how, ENDINGS),
      stride: whole('--stride', values.stride, 1) ?? 1,
      ...(offset === undefined ? {} : { offset }),
    },
    // One offset means one answer: the offsets of the other are others.
    answers: oneOf('--answer', values.answer ?? (offset === undefined ? undefined : 'hostile'), ANSWER_NAMES),
    megabytes: whole('--megabyte', values.megabyte) ?? 10,
    seed: whole('--seed', values.seed) ?? 7,
    lanes: whole('--lanes', values.lanes, 1) ?? 12,
  };
}

/** The one that is named, or all. */
function oneOf<T extends string>(option: string, text: string | undefined, values: readonly T[]): readonly T[] {
  if (text === undefined) return values;
  const chosen = values.filter((value) => value === text);
  if (chosen.length === 0) throw new Error(`${option} is one of ${values.join(', ')}.`);
  return chosen;
}

function whole(option: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new Error(`${option} takes a whole number from ${least}.`);
}
