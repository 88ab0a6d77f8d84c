interface Place {
  /** Holds the tokens that are on the page. */
  readonly box: Element;
  /** The token at hand. */
  readonly index: number;
  readonly count: number;
  /** Tokens on the page at a time. */
  readonly window: number;
}

/** The token to which a key leads; undefined for keys that lead nowhere. */
export function stepFrom(key: string, { box, index, count, window }: Place): number | undefined {
  const to = targetOf(key, box, index, window);
  if (to === undefined || count === 0) return undefined;
  return Math.max(0, Math.min(count - 1, to === Number.POSITIVE_INFINITY ? count - 1 : to));
}

function targetOf(key: string, box: Element, index: number, window: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return index + 1;
    case 'ArrowLeft':
      return index - 1;
    case 'ArrowDown':
      return lineAway(box, index, 1);
    case 'ArrowUp':
      return lineAway(box, index, -1);
    case 'PageDown':
      return index + window;
    case 'PageUp':
      return index - window;
    case 'Home':
      return 0;
    case 'End':
      return Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
}

/** The token above or below; at the edge of what is on the page, the one beyond it. */
function lineAway(box: Element, index: number, way: 1 | -1): number {
  const elements = [...box.querySelectorAll<HTMLElement>('[data-token-index]')];
  const first = Number(elements[0]?.dataset['tokenIndex'] ?? 0);
  const start = elements[index - first];
  if (!start) return index + way;
  let best: number | undefined;
  let line: number | undefined;
  let bestAway = Number.POSITIVE_INFINITY;
  for (let at = index - first + way; at >= 0 && at < elements.length; at += way) {
    const { offsetTop, offsetLeft } = elements[at]!;
    if (offsetTop === start.offsetTop) continue;
    line ??= offsetTop;
    if (offsetTop !== line) break;
    const away = Math.abs(offsetLeft - start.offsetLeft);
    if (away < bestAway) [best, bestAway] = [first + at, away];
  }
  return best ?? (way > 0 ? first + elements.length : first - 1);
}
