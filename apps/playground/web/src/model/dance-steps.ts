import type { StopReason } from '@tokenwire/protocol';
import type { Distribution, Sampler } from './distribution.js';
import { percent, spokenToken } from './words.js';

/** What happens for every token, in this order. */
export const STEPS = ['context', 'distribution', 'temperature', 'draw', 'append'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_TITLES: Record<Step, string> = {
  context: 'Context',
  distribution: 'Distribution',
  temperature: 'Temperature',
  draw: 'Draw',
  append: 'Append',
};

/** A place in the dance: a token and what happens to it. `token` equals their number at the end of an answer. */
export interface DancePlace {
  readonly token: number;
  /** Index in `STEPS`; 0 at the end. */
  readonly step: number;
}

/** How much of an answer there is. */
export interface Known {
  readonly count: number;
  /** Nothing more will come. */
  readonly ended: boolean;
}

/** The next place; undefined at the end, and where the next token has not come yet. */
export function nextPlace({ token, step }: DancePlace, { count, ended }: Known): DancePlace | undefined {
  if (token >= count) return undefined;
  if (step + 1 < STEPS.length) return { token, step: step + 1 };
  return token + 1 < count || ended ? { token: token + 1, step: 0 } : undefined;
}

/** The place before; undefined at the beginning. */
export function previousPlace({ token, step }: DancePlace): DancePlace | undefined {
  if (step > 0) return { token, step: step - 1 };
  return token > 0 ? { token: token - 1, step: STEPS.length - 1 } : undefined;
}

/** What a sentence is about. */
export interface StepFacts {
  /** Of the token in the answer, from 0. */
  readonly index: number;
  /** How many tokens before it the model looks at. */
  readonly contextTokens: number;
  readonly distribution: Distribution;
  readonly temperature: number;
  readonly sampler: Sampler | undefined;
}

/** What happens at one step, in a sentence. */
export function sentenceOf(step: Step, facts: StepFacts): string {
  return SENTENCES[step](facts);
}

const SENTENCES: Record<Step, (facts: StepFacts) => string> = {
  context({ index, contextTokens, sampler }) {
    if (!sampler) return `Token ${index + 1}. What this model looks at is not known here.`;
    const prompt = 'From the prompt it knows which passages of its texts to listen to.';
    if (index === 0) return `Token 1. The answer is still empty. ${prompt}`;
    const seen = Math.min(index, contextTokens);
    const tokens = seen === 1 ? 'the last token' : `the last ${seen} tokens`;
    return `Token ${index + 1}. The model looks at ${tokens}, and no further back. ${prompt}`;
  },
  distribution({ distribution: { candidates, unknown } }) {
    const [best] = candidates;
    const most = best
      ? `The most likely next one is “${spokenToken(best.token)}”, with ${percent(best.probability)}. `
      : '';
    const rest = `the page knows the ${candidates.length} below, and that all others have ${percent(unknown)} together.`;
    return `${most}Every token the model knows gets a probability; ${rest}`;
  },
  temperature({ temperature, sampler }) {
    const from = sampler ? `of the ${sampler.topK} most likely tokens` : 'of the tokens it may draw';
    if (temperature === 0) return `Temperature 0 gives everything to the most likely token.`;
    if (temperature === 1) return `Temperature 1 leaves the proportions ${from} as they are.`;
    const effect = temperature < 1 ? 'the likely ones grow, the others shrink' : 'they come closer to each other';
    return `Temperature ${temperature} raises the probabilities ${from} to the power of 1 ⁄ ${temperature}: ${effect}.`;
  },
  draw({ distribution, temperature }) {
    const { chosen, segment, rank } = distribution;
    const name = `“${spokenToken(chosen.token)}”`;
    if (temperature === 0)
      return `Nothing is drawn at temperature 0: ${name} is taken, because it is the most likely one.`;
    if (rank === undefined)
      return `A number from 0 to 1 was drawn. It fell on ${name}, behind the tokens that the page knows.`;
    const [from, to] = segment.map((end) => end.toFixed(3));
    return `A number from 0 to 1 was drawn from the seed. It fell into the part of ${name}, from ${from} to ${to}; where in it, the page does not know.`;
  },
  append({ distribution: { chosen, surpriseBits } }) {
    return `“${spokenToken(chosen.token)}” is appended, and belongs to the context of the next token. It was worth ${surpriseBits.toFixed(1)} bits of surprise.`;
  },
};

/** How the dance ends. */
export function endSentence(stopReason: StopReason | undefined, sampler: Sampler | undefined): string {
  if (stopReason === 'max_tokens')
    return 'The answer was cut here: it has as many tokens as were asked for. The model would have gone on.';
  if (stopReason === 'end_turn' && sampler) {
    return 'Here “end of text” was drawn, a token like all others. It is not part of the answer, so how likely it was is not told.';
  }
  if (stopReason === undefined) return 'The answer was ended here from outside.';
  return `The model stopped here: ${stopReason}.`;
}
