import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Target } from '../target.js';
import { onLaunched } from './on-launched.js';

/** Two users of a server, as `Authorization` headers. */
export const ADA = { authorization: 'Bearer ada-token-0123456789' } as const;
export const BOB = { authorization: 'Bearer bob-token-0123456789' } as const;

/** Runs `work` on a server of the target's kind that knows Ada and Bob. */
export async function withUsers(target: Target, work: (target: Target) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwire-users-'));
  const file = join(folder, 'users');
  const tokens = [ADA, BOB].map(({ authorization }) => authorization.replace('Bearer ', ''));
  await writeFile(file, `ada:${tokens[0]}\nbob:${tokens[1]}\n`);
  try {
    await onLaunched(target, ['--users', file], work);
  } finally {
    await rm(folder, { recursive: true });
  }
}
