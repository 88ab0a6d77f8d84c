import type { Answer } from '../answer.js';
import type { World } from '../world.js';

/** How long the first reader may take under `cancel`, in milliseconds: a rule of the protocol. */
const FIRST_READER_MS = 10_000;

/** Compares the checker's own account of who read when with what the core made of it. */
export function checkPresence(world: World, answer: Answer): void {
  const { policy } = answer.plan;
  const { terminal } = answer.generation.log;
  const byDisconnect = terminal?.type === 'cancelled' && terminal.by === 'disconnect';
  const broken = (detail: string): void => world.verdict.broken('grace', `${answer.name}: ${detail}`);
  if (policy === 'continue') {
    if (byDisconnect) broken('was to continue, and was cancelled because nobody read');
    return;
  }
  const graceMs = policy === 'cancel' ? 0 : policy.graceMs;
  const toldMs = toldToStop(world, answer);
  // Late timers and sleep can only delay it: one timer for the end of a lease, one for the grace.
  const slackMs = world.lateMs + world.sleptMs;
  let lastMs = answer.startedMs;
  let lastBeforeMs = answer.startedMs;
  let allowedMs = graceMs || FIRST_READER_MS;
  for (const { fromMs, untilMs } of [...answer.presence].sort((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs > toldMs) break;
    if (fromMs - lastMs > allowedMs + slackMs) broken(`nobody read for ${fromMs - lastMs} ms, and it went on`);
    allowedMs = graceMs;
    lastMs = Math.max(lastMs, untilMs);
    // Who came in the very moment of the decision may have come after it.
    if (fromMs < toldMs) lastBeforeMs = Math.max(lastBeforeMs, untilMs);
  }
  if (toldMs - lastMs > allowedMs + slackMs) broken(`nobody read for ${toldMs - lastMs} ms at the end, and it went on`);
  const aloneMs = toldMs - lastBeforeMs;
  // Sums of fractions differ in the last bit.
  if (byDisconnect && aloneMs < allowedMs - 1e-6) broken(`was cancelled after ${aloneMs} of ${allowedMs} ms`);
}

/** When the end was decided: a stop, or the terminal event. */
function toldToStop(world: World, { generation, stopsMs, endedMs = Infinity }: Answer): number {
  const abortedMs = world.calls.find(({ seed }) => seed === generation.request.seed)?.abortedMs;
  return Math.min(endedMs, abortedMs ?? Infinity, ...stopsMs);
}
