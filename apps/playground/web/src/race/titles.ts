import type { Mode } from '@tokenwire/protocol';
import type { RacePane } from './race.js';

/** What people call a mode. */
export const MODE_TITLES: Record<Mode, string> = {
  chunked: 'Chunked',
  sse: 'SSE',
  websocket: 'WebSocket',
  'long-poll': 'Long polling',
  'short-poll': 'Short polling',
};

/** `SSE`, and `SSE 2` for the second pane of a mode. */
export function titlesOf(panes: readonly RacePane[]): readonly string[] {
  const seen = new Map<Mode, number>();
  return panes.map(({ mode }) => {
    const count = (seen.get(mode) ?? 0) + 1;
    seen.set(mode, count);
    return count === 1 ? MODE_TITLES[mode] : `${MODE_TITLES[mode]} ${count}`;
  });
}
