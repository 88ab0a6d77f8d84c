import { memo, useEffect, useRef } from 'react';
import { levelOf } from './distribution.js';
import { stepFrom } from './keys.js';
import type { TokenIndex } from './token-index.js';
import { percent, spokenToken } from './words.js';

/** Tokens on the page at a time; what is before and after is reached with keys and buttons. */
export const WINDOW = 256;
/** Tokens that are rendered again together. */
const CHUNK = 32;

interface TokenTextProps {
  readonly tokens: TokenIndex;
  /** How many of them there are: what `tokens` says changes without a render. */
  readonly count: number;
  /** First token that is shown; a multiple of `WINDOW`. */
  readonly from: number;
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
  /** The token below the pointer; undefined: none. */
  readonly onHover: (index: number | undefined) => void;
}

/** The answer as its tokens: one tab stop, and keys that walk from token to token. */
export function TokenText({ tokens, count, from, selected, onSelect, onHover }: TokenTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const walked = useRef(false);
  const to = Math.min(count, from + WINDOW);
  const stop = selected !== undefined && selected >= from && selected < to ? selected : from;
  useEffect(() => {
    if (!walked.current) return;
    walked.current = false;
    box.current?.querySelector<HTMLElement>(`[data-token-index="${selected}"]`)?.focus();
  }, [selected]);
  const chunks = [];
  for (let start = from; start < to; start += CHUNK) {
    const end = Math.min(to, start + CHUNK);
    const within = (index: number | undefined): number | undefined =>
      index !== undefined && index >= start && index < end ? index : undefined;
    const here = { selected: within(selected), stop: within(stop) };
    chunks.push(<Chunk key={start} tokens={tokens} from={start} to={end} {...here} />);
  }
  return (
    // One of its options has the focus.
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus
    <div
      ref={box}
      className="token-text"
      // A `select` cannot be a running text.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="listbox"
      tabIndex={-1}
      aria-label="Tokens of the answer"
      aria-orientation="horizontal"
      onKeyDown={(event) => {
        const next = stepFrom(event.key, { box: event.currentTarget, index: stop, count, window: WINDOW });
        if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        walked.current = true;
        onSelect(next);
      }}
      onClick={({ target }) => call(onSelect, indexOf(target))}
      onPointerOver={({ target, pointerType }) => pointerType === 'mouse' && onHover(indexOf(target))}
      onPointerLeave={() => onHover(undefined)}
    >
      {chunks}
    </div>
  );
}

interface ChunkProps {
  readonly tokens: TokenIndex;
  readonly from: number;
  readonly to: number;
  /** Only when it is one of these. */
  readonly selected: number | undefined;
  readonly stop: number | undefined;
}

const Chunk = memo(function Chunk({ tokens, from, to, selected, stop }: ChunkProps) {
  const shown = [];
  for (let index = from; index < to; index += 1) {
    const { token = '', logprob = 0 } = tokens.at(index) ?? {};
    const probability = Math.exp(logprob);
    shown.push(
      <span
        key={index}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        role="option"
        aria-selected={index === selected}
        aria-posinset={index + 1}
        // Unknown while it grows; telling it would change every token with every new one.
        aria-setsize={-1}
        aria-label={`${spokenToken(token)}, ${percent(probability)}`}
        tabIndex={index === stop ? 0 : -1}
        data-token-index={index}
        data-level={levelOf(probability)}
      >
        {token}
      </span>,
    );
  }
  return <span role="presentation">{shown}</span>;
});

function indexOf(target: EventTarget): number | undefined {
  const element = target instanceof Element ? target.closest('[data-token-index]') : null;
  return element ? Number(element.getAttribute('data-token-index')) : undefined;
}

function call(take: (index: number) => void, index: number | undefined): void {
  if (index !== undefined) take(index);
}
