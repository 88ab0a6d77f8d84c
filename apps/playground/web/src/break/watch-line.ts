import type { Control } from '../control/control.js';
import type { PaneObserver } from './pane-observer.js';

/** Tells an observer what the host says about its lane and the server, in the page's time. Gives the function that ends it. */
export function watchLine(
  control: Pick<Control, 'on' | 'offset'>,
  lane: string,
  observer: Pick<PaneObserver, 'line' | 'server'>,
): () => void {
  const toPage = (hostMs: number): number =>
    // Before the clocks are known to each other, now is the better guess.
    Number.isFinite(control.offset.errorMs) ? control.offset.toPage(hostMs) : performance.now();
  const ends = [
    control.on('line', (news) => {
      if (news.lane === lane) observer.line({ ...news, atMs: toPage(news.atMs) });
    }),
    control.on('server', (news) => observer.server({ ...news, atMs: toPage(news.atMs) })),
  ];
  return () => {
    for (const end of ends) end();
  };
}
