import type { GenerationRequest, Mode } from '@tokenwire/protocol';

import type { Ending, Way } from '../fault-proxy/index.js';
import { randomOf } from '../fault-proxy/random.js';
import { HOSTILE, HOSTILE_CONTENT, MEGABYTE, MEGABYTE_CONTENT } from '../harness/hostile.js';

/** `down`: the answer is cut, `up`: the request. */
export const WAYS: readonly Way[] = ['down', 'up'];
export const ENDINGS: readonly Ending[] = ['fin', 'rst', 'blackhole'];

/** The answers that are cut: what is asked, and the tokens that must come. */
export const ANSWERS: Readonly<Record<AnswerName, Answer>> = {
  hostile: { request: HOSTILE, tokens: HOSTILE_CONTENT },
  megabyte: { request: MEGABYTE, tokens: MEGABYTE_CONTENT },
};

export type AnswerName = 'hostile' | 'megabyte';

export interface Answer {
  readonly request: GenerationRequest;
  readonly tokens: readonly string[];
}

/** One cut: the connections of a reader end after `offset` bytes of `way`, counted over all of them. */
export interface CutCase {
  readonly answer: AnswerName;
  readonly mode: Mode;
  readonly way: Way;
  readonly how: Ending;
  readonly offset: number;
}

/** How many bytes a whole answer takes when nothing cuts it, in each direction. */
export type Lengths = Readonly<Record<Mode, Readonly<Record<Way, number>>>>;

/** What to cut; what is absent is not restricted. */
export interface Selection {
  readonly modes: readonly Mode[];
  readonly ways?: readonly Way[];
  readonly endings?: readonly Ending[];
  /** Only this offset. */
  readonly offset?: number;
  /** Only every so many-th offset, a different one of them for each mode and ending. Default 1: all. */
  readonly stride?: number;
}

/**
 * The cuts of the hostile answer: every offset from before the first byte to after the last. Modes and endings take
 * turns, so that those that wait for a watchdog wait beside those that work.
 */
export function* hostileCases(lengths: Lengths, selection: Selection): Generator<CutCase> {
  const { modes, ways = WAYS, endings = ENDINGS, offset: only, stride = 1 } = selection;
  const rows = modes.flatMap((mode) => ways.flatMap((way) => endings.map((how) => ({ mode, way, how }))));
  const longest = Math.max(...modes.flatMap((mode) => ways.map((way) => lengths[mode][way])));
  const [first, last] = only === undefined ? [0, longest] : [only, only];
  for (let offset = first; offset <= last; offset += 1) {
    for (const [index, row] of rows.entries()) {
      const chosen = only !== undefined || (offset + index) % stride === 0;
      if (chosen && (only !== undefined || offset <= lengths[row.mode][row.way])) {
        yield { answer: 'hostile', ...row, offset };
      }
    }
  }
}

/** `count` cuts of the long answer for each mode and ending, at offsets drawn from `seed`; or at the one that is named. */
export function* megabyteCases(
  lengths: Lengths,
  selection: Selection,
  count: number,
  seed: number,
): Generator<CutCase> {
  const { modes, ways = WAYS, endings = ENDINGS, offset: only } = selection;
  if (!ways.includes('down')) return;
  for (let round = 0; round < (only === undefined ? count : 1); round += 1) {
    for (const [index, mode] of modes.entries()) {
      for (const [turn, how] of endings.entries()) {
        const offset = only ?? Math.floor(randomOf(seed, round, index, turn)() * lengths[mode].down);
        yield { answer: 'megabyte', mode, way: 'down', how, offset };
      }
    }
  }
}

/** The other mode in which the answer is continued after the cut: always the same one for the same cut and seed. */
export function otherModeFor({ mode, way, how, offset }: CutCase, modes: readonly Mode[], seed: number): Mode {
  const others = modes.filter((other) => other !== mode);
  const random = randomOf(seed, offset, modes.indexOf(mode), WAYS.indexOf(way), ENDINGS.indexOf(how));
  return others[Math.floor(random() * others.length)] ?? mode;
}

/** The command that makes this one cut again. */
export function commandFor({ answer, mode, way, how, offset }: CutCase, seed: number): string {
  const long = answer === 'megabyte' ? ' --answer megabyte' : '';
  return `npm run test:cuts -- --mode ${mode} --way ${way} --how ${how} --offset ${offset} --seed ${seed}${long}`;
}
