import type { Distribution } from './distribution.js';
import { percent, visibleToken } from './words.js';

interface AlternativesProps {
  readonly distribution: Distribution;
  readonly temperature: number;
  /** False: only what the model says, without what temperature makes of it. Default true. */
  readonly tempered?: boolean;
}

/** The tokens that could have come, as bars: the model's own probability, and the share after temperature. */
export function Alternatives({ distribution, temperature, tempered = true }: AlternativesProps) {
  const { candidates, unknown } = distribution;
  return (
    <table className="alternatives" data-tempered={tempered}>
      <caption>{tempered ? 'What could have come, before and after temperature' : 'What could come'}</caption>
      <thead>
        <tr>
          <th scope="col">Token</th>
          <th scope="col">Model</th>
          {tempered && <th scope="col">At {temperature.toFixed(2)}</th>}
        </tr>
      </thead>
      <tbody>
        {candidates.map(({ token, probability, share, chosen }, index) => (
          // Places of a list that never moves; two tokens may look the same.
          // oxlint-disable-next-line react/no-array-index-key
          <tr key={index} data-chosen={chosen && tempered}>
            <th scope="row">
              <bdi>{visibleToken(token)}</bdi>
              {chosen && tempered && <span className="visually-hidden"> (the one that came)</span>}
            </th>
            <Bar value={probability} kind="model" />
            {tempered && <Bar value={share} kind="tempered" />}
          </tr>
        ))}
        <tr className="others">
          <th scope="row">all others</th>
          <Bar value={unknown} kind="model" />
          {tempered && <td>not known here</td>}
        </tr>
      </tbody>
    </table>
  );
}

function Bar({ value, kind }: { readonly value: number; readonly kind: 'model' | 'tempered' }) {
  return (
    <td>
      <span className="bar" data-kind={kind} style={{ inlineSize: `${value * 100}%` }} />
      <span className="bar-number">{percent(value)}</span>
    </td>
  );
}
