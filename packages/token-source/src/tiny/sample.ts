import type { Candidate } from './language-model.js';

/**
 * Draws one of `candidates`, which are in order, most likely first: the top k of a distribution.
 *
 * Temperature t makes the probabilities proportional to p^(1/t), which is the same as dividing the model's scores
 * (ln p) by t before the softmax. 0 takes the most likely token; 1 keeps the proportions; above 1 evens them out.
 *
 * `random` is called once and returns a number in [0, 1); at temperature 0 it is not called.
 * @throws {RangeError} if there is no candidate.
 */
export function sample(candidates: readonly Candidate[], temperature: number, random: () => number): Candidate {
  const [best] = candidates;
  if (best === undefined) throw new RangeError('Nothing to sample from: give at least one candidate.');
  if (temperature === 0) return best;
  // Relative to the best one, so that a low temperature turns small probabilities into 0 and not all of them.
  const weights = candidates.map(({ probability }) => (probability / best.probability) ** (1 / temperature));
  let ticket = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const winner = weights.findIndex((weight) => (ticket -= weight) < 0);
  // Rounding may leave a ticket of almost 0 behind: then the best one has it.
  return candidates[winner] ?? best;
}
