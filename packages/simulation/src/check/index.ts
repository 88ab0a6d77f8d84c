import type { Reader } from '../reader.js';
import type { World } from '../world.js';
import { checkLeftovers } from './leftovers.js';
import { checkLog } from './log.js';
import { checkPresence } from './presence.js';
import { checkSession } from './session.js';

/** Judges a life after its end. What can only be seen while it goes on was judged then. */
export function check(world: World, readers: readonly Reader[]): void {
  for (const answer of world.answers) {
    answer.probe();
    checkLog(world, answer);
    checkPresence(world, answer);
  }
  for (const reader of readers) for (const session of reader.sessions) checkSession(world, reader, session);
  checkLeftovers(world);
}
