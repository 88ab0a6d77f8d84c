import type { OpenStream } from '@tokenwire/client-kit';
import type { Mode } from '@tokenwire/protocol';

import type { RunningServer } from './harness/server-process.js';
import type { Upstream } from './harness/upstream.js';

/** What is tested: a server, spoken to in one mode. */
export interface Target {
  readonly mode: Mode;
  /** The server's base URL. */
  readonly url: string;
  /** The mode's client, ready for this runtime; options given to it win. */
  readonly open: OpenStream;
  /** The model behind `compatible/…` on this server, under the tests' control. */
  readonly upstream?: Upstream;
  /** Starts another server of the same kind, with these options on its command line. */
  readonly launch?: (args: readonly string[]) => Promise<RunningServer>;
  /** Set on a server that carries all modes: their clients. */
  readonly clients?: Readonly<Record<Mode, OpenStream>>;
}

/** What some requirements need of a target, and what it means that a target lacks it. */
export const ABILITIES = {
  upstream: 'needs a server whose compatible/… models lead to an upstream of the tests',
  launch: 'needs to start a server of this kind with options of its own',
  combined: 'needs a server that carries all modes on one log',
} as const;

export type Ability = keyof typeof ABILITIES;

/** Whether a target offers what a requirement needs. */
export function offers(target: Target, ability: Ability): boolean {
  if (ability === 'combined') return target.clients !== undefined;
  return target[ability] !== undefined;
}
