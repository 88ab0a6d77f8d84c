import type { Mode } from '@tokenwire/protocol';

import type { Ability, Target } from './target.js';

/** Sections of the protocol's page that requirements come from. A wrong name is a compile error. */
export type Section =
  | 'resources'
  | 'idempotency'
  | 'combined-server'
  | 'modes'
  | 'stream-demo'
  | 'headers'
  | 'websocket-messages'
  | 'request'
  | 'events'
  | 'stop'
  | 'errors'
  | 'delivery'
  | 'disconnect'
  | 'bad-start-requests'
  | 'bad-cursors'
  | 'authentication'
  | 'shutdown'
  | 'limits-and-defaults';

/** Where a requirement is written down. */
export type Source = `docs/protocol.md#${Section}`;

/** Modes that a requirement does not hold for, each with the reason. */
export type Exemptions = Readonly<Partial<Record<Mode, string>>>;

/** One sentence of the specification, and how to find out whether a target keeps it. */
export interface Requirement {
  /** Stable name, in kebab case: what reports and exemption lists refer to. */
  readonly id: string;
  /** The sentence itself. */
  readonly title: string;
  /** What breaks for people when it is not kept. */
  readonly why: string;
  readonly source: Source;
  /** What the target must offer beside an address. Targets without it are not asked. */
  readonly needs?: readonly Ability[];
  readonly exempt?: Exemptions;
  /**
   * Asks the target. Leaves nothing running.
   * @throws when the target does not keep the requirement; the error says what was seen.
   */
  run(target: Target): Promise<void>;
}

/** Exempts all modes but `modes`, for requirements about one way of framing. */
export function onlyFor(modes: readonly Mode[], reason: string): Exemptions {
  const all: Record<Mode, string> = {
    chunked: reason,
    sse: reason,
    websocket: reason,
    'long-poll': reason,
    'short-poll': reason,
  };
  return Object.fromEntries(Object.entries(all).filter(([mode]) => !modes.includes(mode as Mode)));
}
