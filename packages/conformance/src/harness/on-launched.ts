import { ok } from 'node:assert/strict';

import type { Target } from '../target.js';

/** Runs `work` on a server of the target's kind that has these options, and ends it afterwards. */
export async function onLaunched(
  target: Target,
  args: readonly string[],
  work: (target: Target) => Promise<void>,
): Promise<void> {
  const server = await target.launch?.(args);
  ok(server, 'the requirement needs a target that can launch servers');
  try {
    await work({ ...target, url: server.url });
  } finally {
    await server.stop();
  }
}
