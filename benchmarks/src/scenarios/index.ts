import type { Scenario, Size } from './scenario.js';
import { burst } from './burst.js';
import { compression } from './compression.js';
import { cut } from './cut.js';
import { fanOut } from './fan-out.js';
import { firstToken } from './first-token.js';
import { flush } from './flush.js';
import { idle } from './idle.js';
import { aa, ceiling, knownDelay } from './instrument.js';
import { knee } from './knee.js';
import { network } from './network.js';
import { payload } from './payload.js';
import { poll } from './poll.js';
import { pollingCeiling } from './polling-ceiling.js';
import { secondOpinion } from './second-opinion.js';
import { proxies } from './proxies.js';
import { slow } from './slow.js';
import { steady } from './steady.js';
import { stop } from './stop.js';
import { streams } from './streams.js';
import { wire } from './wire.js';

/** All scenarios, in the order in which a full run measures them: the instrument first. */
export const SCENARIOS: readonly Scenario[] = [
  ceiling,
  aa,
  knownDelay,
  wire,
  steady,
  firstToken,
  burst,
  flush,
  streams,
  knee,
  fanOut,
  slow,
  cut,
  stop,
  idle,
  payload,
  poll,
  network,
  proxies,
  compression,
  pollingCeiling,
  secondOpinion,
];

/** What `quick` measures. */
const QUICK: ReadonlySet<string> = new Set(['ceiling', 'aa', 'known-delay', 'wire', 'steady']);

/** The scenarios of a size. */
export function scenariosOf(size: Size): readonly Scenario[] {
  return size === 'full' ? SCENARIOS : SCENARIOS.filter(({ name }) => QUICK.has(name));
}
