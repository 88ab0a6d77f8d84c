import { markOf } from '../backend/instance.js';
import { LANE_KEY } from '../control-protocol.js';
import type { Directory } from './browser-connection.js';
import type { Backends } from './backends.js';
import type { Destination } from './destination.js';
import type { Lanes } from './lanes.js';

const PAGE_PATH = /^\/($|icon\.svg$|assets\/|playground\/)/;

/** Whether a path, as it was sent, is one of the page itself; everything else is asked of a server of answers. */
export function isPagePath(path: string): boolean {
  return PAGE_PATH.test(path);
}

/** Where requests go, by their path and query. What cannot be read goes to the server, which says what is wrong. */
export function directoryOf(page: Destination, lanes: Lanes, backends: Backends): Directory {
  return {
    find(target) {
      const { path, lane: name, id } = readTarget(target);
      if (isPagePath(path)) return page;
      const server = backends.withMark(markOf(id)) ?? backends.current;
      if (name === undefined) return server;
      const lane = lanes.get(name);
      // The page's server knows no lane at all, and says so.
      if (lane === undefined) return page;
      // The first request decides: an answer of another server is not to be found where the lane leads to.
      if (lane.backend === undefined) lane.leadTo(server);
      return lane;
    },
    fallback: () => backends.current,
  };
}

/** What a request's target says: its path, the lane, and the answer that it is about (`''`: a new one, or none). */
export function readTarget(target: string): { readonly path: string; readonly lane?: string; readonly id: string } {
  const [path = '', ...rest] = target.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const lanes = query.getAll(LANE_KEY);
  const id = /^\/generations\/(gen_[0-9A-Za-z]+)/.exec(path)?.[1] ?? query.get('after')?.split('.')[0] ?? '';
  // A key that was given twice means nothing here; the server refuses it.
  return lanes.length === 1 && lanes[0] !== undefined ? { path, lane: lanes[0], id } : { path, id };
}
