import { ok } from 'node:assert/strict';

import type { Target } from '../target.js';
import type { RunningServer } from './server-process.js';

/**
 * Runs `work` on a server of the target's kind that has these options, and ends it afterwards. What needs the same
 * options is best asked in one go: starting a process is the dearest thing that a requirement does.
 */
export async function onLaunched(
  target: Target,
  args: readonly string[],
  work: (target: Target, server: RunningServer) => Promise<void>,
): Promise<void> {
  const server = await target.launch?.(args);
  ok(server, 'the requirement needs a target that can launch servers');
  try {
    await work({ ...target, url: server.url }, server);
  } finally {
    await server.stop();
  }
}
