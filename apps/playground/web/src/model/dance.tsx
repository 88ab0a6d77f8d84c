import { memo, useEffect, useId, useState } from 'react';
import { Alternatives } from './alternatives.js';
import {
  type DancePlace,
  STEPS,
  STEP_TITLES,
  endSentence,
  nextPlace,
  previousPlace,
  sentenceOf,
} from './dance-steps.js';
import { DrawLine } from './draw-line.js';
import { distributionOf, type Sampler } from './distribution.js';
import type { TokenIndex } from './token-index.js';
import { visibleToken } from './words.js';

/** `tiny` looks at so many tokens, see `CONTEXT_TOKENS` of `@tokenwire/token-source`. */
const CONTEXT_TOKENS = 5;
/** Tokens of the text so far that are shown with an appended one. */
const TAIL = 12;

interface DanceProps {
  readonly tokens: TokenIndex;
  /** How many tokens there are; may be less, if it is more than one beyond the place. */
  readonly count: number;
  /** Nothing more will come. */
  readonly ended: boolean;
  readonly sampler: Sampler | undefined;
  /** At which the answer was drawn. */
  readonly temperature: number;
  readonly place: DancePlace;
  readonly onPlace: (place: DancePlace) => void;
}

/** How one token after the other came to be, step by step: forwards, backwards, or by itself. */
export const Dance = memo(function Dance(props: DanceProps) {
  const { tokens, count, ended, place, onPlace, sampler, temperature } = props;
  const [playing, setPlaying] = useState(false);
  const next = nextPlace(place, { count, ended });
  const previous = previousPlace(place);
  const token = tokens.at(place.token);
  const step = STEPS[place.step] ?? 'context';
  const facts = token && {
    ...{ index: place.token, contextTokens: CONTEXT_TOKENS, temperature, sampler },
    distribution: distributionOf(token, place.token, temperature, sampler),
  };
  return (
    <section className="dance" aria-label="The dance of tokens">
      <h3>The dance of tokens</h3>
      <Controls {...{ previous, next, onPlace, playing, setPlaying }} canPlay={next !== undefined || !ended} />
      <ol className="dance-steps">
        {STEPS.map((name, index) => (
          <li key={name} aria-current={token && name === step ? 'step' : undefined}>
            <button type="button" disabled={!token} onClick={() => onPlace({ ...place, step: index })}>
              {STEP_TITLES[name]}
            </button>
          </li>
        ))}
      </ol>
      {/* Spoken when somebody steps; not while it plays, or it would never be silent. */}
      <p className="dance-sentence" role="status" aria-live={playing ? 'off' : 'polite'}>
        {facts ? sentenceOf(step, facts) : endSentence(tokens.stopReason, sampler)}
      </p>
      <div className="dance-stage">
        {facts && step === 'context' && (
          <Tokens tokens={tokens} to={place.token} count={sampler ? CONTEXT_TOKENS : TAIL} />
        )}
        {facts && step === 'distribution' && <Alternatives {...facts} tempered={false} />}
        {facts && step === 'temperature' && <Alternatives {...facts} />}
        {facts && step === 'draw' && <DrawLine {...facts} />}
        {(!facts || step === 'append') && <Tokens tokens={tokens} to={place.token + 1} count={TAIL} marked={!!facts} />}
      </div>
    </section>
  );
});

interface ControlsProps {
  readonly previous: DancePlace | undefined;
  readonly next: DancePlace | undefined;
  readonly onPlace: (place: DancePlace) => void;
  readonly playing: boolean;
  readonly setPlaying: (playing: boolean) => void;
  readonly canPlay: boolean;
}

function Controls({ previous, next, onPlace, playing, setPlaying, canPlay }: ControlsProps) {
  const id = useId();
  const [seconds, setSeconds] = useState(1.5);
  const plays = playing && canPlay;
  useEffect(() => {
    // Without a next place it waits for one: the answer may still come.
    if (!plays || !next) return;
    const timer = setTimeout(() => onPlace(next), seconds * 1_000);
    return () => clearTimeout(timer);
    // Objects that say the same are the same place.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [plays, next?.token, next?.step, seconds]);
  const go = (place: DancePlace | undefined): void => {
    setPlaying(false);
    if (place) onPlace(place);
  };
  return (
    <div className="dance-controls">
      <button type="button" disabled={!previous} onClick={() => go(previous)}>
        ← Back
      </button>
      <button type="button" disabled={!next} onClick={() => go(next)}>
        Next →
      </button>
      <button type="button" disabled={!canPlay} aria-pressed={plays} onClick={() => setPlaying(!plays)}>
        {plays ? 'Pause' : 'Play'}
      </button>
      <label htmlFor={id}>Seconds a step</label>
      <input
        id={id}
        type="range"
        min={0.5}
        max={5}
        step={0.5}
        value={seconds}
        onChange={({ target }) => setSeconds(target.valueAsNumber)}
      />
      <output htmlFor={id}>{seconds.toFixed(1)}</output>
    </div>
  );
}

interface TokensProps {
  readonly tokens: TokenIndex;
  /** After the last one that is shown. */
  readonly to: number;
  readonly count: number;
  /** Marks the last one. */
  readonly marked?: boolean;
}

/** Some tokens, each by itself. */
function Tokens({ tokens, to, count, marked = false }: TokensProps) {
  const end = Math.min(to, tokens.count);
  const shown = tokens.before(end, count);
  const first = end - shown.length;
  return (
    <p className="dance-tokens">
      {first > 0 && '… '}
      {shown.map(({ token }, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <span key={first + index} className="dance-token" data-new={marked && index === shown.length - 1}>
          <bdi>{visibleToken(token)}</bdi>
        </span>
      ))}
      {shown.length === 0 && <span className="model-note">nothing yet</span>}
    </p>
  );
}
