import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: machines that run tests are busy, and a limit that is reached costs time only when something is wrong. */
export const PATIENCE_MS = 20_000;

const PROBE_INTERVAL_MS = 15;

/**
 * Asks until the answer is neither `undefined` nor `false`, and gives it.
 * @throws {Error} after `limitMs`, naming `what` was waited for.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | false | undefined> | T | false | undefined,
  limitMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(PROBE_INTERVAL_MS);
  }
}

/** Waits for `work`, but not for ever. @throws {Error} after `limitMs`, naming `what` was waited for. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms: ${what}`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
