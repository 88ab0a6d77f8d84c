import type { TokenLogprob } from '@tokenwire/protocol';
import { memo, useId } from 'react';
import { Alternatives } from './alternatives.js';
import { distributionOf, type Sampler } from './distribution.js';
import { percent, visibleToken } from './words.js';

interface TokenDetailProps {
  readonly token: TokenLogprob;
  readonly index: number;
  readonly sampler: Sampler | undefined;
  /** What the bars show; the answer was drawn at `asked`. */
  readonly temperature: number;
  readonly onTemperature: (temperature: number) => void;
  readonly asked: number;
  /** The page's address with this temperature and another seed. */
  readonly again: string;
}

/** One token: how likely it was, what else could have come, and what temperature does to it. */
export const TokenDetail = memo(function TokenDetail(props: TokenDetailProps) {
  const { token, index, sampler, temperature, asked } = props;
  const distribution = distributionOf(token, index, temperature, sampler);
  const { chosen, rank, surpriseBits, leastShare } = distribution;
  return (
    <section className="token-detail" aria-label="The chosen token">
      <h3>
        Token {index + 1}: <bdi>{visibleToken(token.token)}</bdi>
      </h3>
      <dl>
        <Fact name="Probability" value={percent(chosen.probability)} />
        <Fact name="Surprise" value={`${surpriseBits.toFixed(2)} bits`} />
        <Fact name="Rank" value={rank === undefined ? `beyond ${token.top.length}` : String(rank)} />
      </dl>
      <Temperature {...props} />
      <Alternatives distribution={distribution} temperature={temperature} />
      <p className="model-note">
        {sampler
          ? `Shares after temperature are of the tokens shown. The sampler has ${sampler.topK} of them, the page knows up to ${token.top.length}`
          : 'Shares after temperature are of the tokens shown; how this model draws is not known here'}
        {leastShare === undefined || temperature === 0
          ? '. '
          : `: of all ${sampler?.topK}, this one has ${range(leastShare, chosen.share)}. `}
        {temperature === asked
          ? 'The answer was drawn at this temperature.'
          : `The answer was drawn at ${asked.toFixed(2)}.`}
      </p>
    </section>
  );
});

function Temperature({ temperature, onTemperature, asked, again }: TokenDetailProps) {
  const id = useId();
  return (
    <div className="temperature">
      <label htmlFor={id}>Temperature</label>
      <input
        id={id}
        type="range"
        min={0}
        max={2}
        step={0.05}
        value={temperature}
        onChange={({ target }) => onTemperature(target.valueAsNumber)}
      />
      <output htmlFor={id}>{temperature.toFixed(2)}</output>
      <button type="button" disabled={temperature === asked} onClick={() => onTemperature(asked)}>
        As asked
      </button>
      <a href={again}>Set {temperature.toFixed(2)} and another seed above, to ask again</a>
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function range(least: number, most: number): string {
  const [from, to] = [percent(least), percent(most)];
  return from === to ? to : `between ${from} and ${to}`;
}
