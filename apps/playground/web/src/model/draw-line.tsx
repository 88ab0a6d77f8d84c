import type { Distribution } from './distribution.js';
import { percent, visibleToken } from './words.js';

/** The line from 0 to 1 on which a number is drawn: each token has a part as long as its share. */
export function DrawLine({ distribution }: { readonly distribution: Distribution }) {
  const { candidates, chosen, rank } = distribution;
  return (
    <div className="draw">
      {/* What it shows is said below. */}
      <div className="draw-line" aria-hidden="true">
        {candidates.map(({ token, share, chosen: isChosen }, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} data-chosen={isChosen} style={{ flexGrow: share }}>
            {share > 0.12 && <bdi>{visibleToken(token)}</bdi>}
          </span>
        ))}
      </div>
      <div className="draw-scale" aria-hidden="true">
        <span>0</span>
        <span>1</span>
      </div>
      <p className="model-note">
        <bdi>{visibleToken(chosen.token)}</bdi> has {percent(chosen.share)} of the line, of the tokens that the page
        knows.{' '}
        {rank === undefined && 'Its true place is further to the right, behind tokens that the page does not know. '}
        The number itself stays in the server: the same seed draws the same numbers.
      </p>
    </div>
  );
}
