import type { Cell } from '../scenarios/scenario.js';

/** What stands between server and generator: a network, a proxy, both or nothing. */
export interface Front {
  /** Words before the command of a process that has to run inside. */
  readonly prefix: readonly string[];
  /** The URL to use instead of the server's. */
  through(serverUrl: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens what a cell wants. @throws when a program or a right is missing. */
export type OpenFront = (cell: Cell) => Promise<Front>;

/** Nothing in between. */
export const DIRECT: Front = { prefix: [], through: async (url) => url, close: async () => {} };
