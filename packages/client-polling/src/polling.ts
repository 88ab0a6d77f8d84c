import {
  type Connect,
  type OpenStream,
  type StreamOptions,
  type TokenStream,
  badResponse,
  openStream,
  randomToken,
  readObject,
} from '@tokenwire/client-kit';
import type { PollPage } from '@tokenwire/protocol';

/** Reads an answer with requests that the server holds until there is something to say. */
export const streamLongPoll: OpenStream = (options) => open(options, options.waitSeconds ?? 25);

/** Reads an answer with requests that the server answers at once, as often as it advises. */
export const streamShortPoll: OpenStream = (options) => open(options, 0);

const JSON_TYPE = 'application/json';
const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 10_000;
/** How long an answer may be overdue before the connection counts as dead. */
const OVERDUE_MS = 5_000;
/** The server caps its pages far below; a hostile body need not end. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

function open(options: StreamOptions, waitSeconds: number): TokenStream {
  const idleTimeoutMs = waitSeconds * 1000 + (options.idleTimeoutMs ?? OVERDUE_MS);
  return openStream({ ...options, idleTimeoutMs }, connectPolling(waitSeconds, options.minPollIntervalMs));
}

/** The connections of one stream, for whoever puts transports together. With 0 seconds the server answers at once. */
export function connectPolling(waitSeconds: number, minIntervalMs = MIN_INTERVAL_MS): Connect {
  // One per stream: when a poll is given up and asked again, the server lets go of the older one at once.
  const reader = randomToken();
  // Kept across reconnects, so that no accident of theirs becomes a busy loop.
  let nextPollAt = Number.NEGATIVE_INFINITY;

  return async function* (attempt) {
    if (attempt.cursor === undefined) {
      // HANDSHAKE — a POST that is answered at once with the id and streams nothing. The key makes it safe to repeat.
      const response = await attempt.fetch('/generations', {
        method: 'POST',
        headers: { accept: JSON_TYPE, 'content-type': 'application/json', 'idempotency-key': attempt.idempotencyKey },
        body: JSON.stringify(attempt.request),
      });
      const { id } = await readObject(response, MAX_PAGE_BYTES, attempt.bytes);
      attempt.started(String(id));
    }
    for (;;) {
      // RESUME — every poll is one: it asks for what comes after the last event that the application has got.
      await attempt.sleep(nextPollAt - attempt.clock.now());
      const startedAt = attempt.clock.now();
      nextPollAt = startedAt + minIntervalMs;
      const query = `after=${attempt.cursor}&wait=${waitSeconds}&reader=${reader}`;
      const response = await attempt.fetch(`/generations/${attempt.id}/events?${query}`, {
        headers: { accept: JSON_TYPE },
      });

      // FRAMING — one JSON document per answer. HTTP says where it ends; the page's `cursor` says what we know already.
      const page = (await readObject(response, MAX_PAGE_BYTES, attempt.bytes)) as Partial<PollPage<unknown>>;
      if (!Array.isArray(page.events)) throw badResponse('The server sent a page without events.');
      attempt.started();

      // BACKPRESSURE — nothing to do but not to ask: the next poll waits until the application has taken this page.
      if (page.events.length > 0) yield page.events;

      // HEARTBEAT — the answer itself, also an empty one: it comes after `wait` seconds at the latest. From the start
      // of a poll to the start of the next some time passes even if the server answers nonsense without delay.
      const adviceMs = typeof page.nextPollMs === 'number' ? page.nextPollMs : 0;
      nextPollAt = startedAt + Math.max(minIntervalMs, Math.min(adviceMs, MAX_INTERVAL_MS));

      // CANCEL — there is nothing to close but a poll in flight, which `attempt.signal` aborts, and nobody is told that
      // this reader left: the server notices that no poll comes. Stopping is `POST /generations/:id/stop`: in the kit.

      // END — the only transport that says so itself. The terminal event is in this page, or was applied before.
      if (page.done) return;
    }
  };
}
