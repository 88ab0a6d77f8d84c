import type { LogEntry, StartRequest } from '@tokenwire/generation-log';
import { TokenwireError, formatCursor, parseCursor } from '@tokenwire/protocol';

import type { Answer } from './answer.js';
import type { Connection } from './connection.js';
import type { Parcel } from './pipe.js';
import type { AnswerPlan } from './plan.js';
import type { World } from './world.js';

/** What a client asks for. */
export type Request =
  | { readonly route: 'start'; readonly answer: AnswerPlan; readonly streams: boolean }
  | { readonly route: 'read'; readonly owner: string; readonly cursor: string }
  | { readonly route: 'poll'; readonly owner: string; readonly cursor: string; readonly waitMs: number }
  | { readonly route: 'stop' | 'snapshot'; readonly owner: string; readonly id: string };

/** What comes back, in one parcel each. */
export type Reply =
  | { readonly type: 'head'; readonly id: string }
  | { readonly type: 'event'; readonly json: string }
  | { readonly type: 'beat' }
  | { readonly type: 'document'; readonly json: string }
  | { readonly type: 'error'; readonly error: TokenwireError };

/** As real servers have them, in milliseconds and bytes. */
const HEARTBEAT_MS = 15_000;
const WRITE_STALL_MS = 30_000;
const POLL_LEASE_MS = 2_000;
const POLL_PAGE_BYTES = 1_048_576;
const NEXT_POLL_MS = 250;

/** The same request of everybody: the model's name is the plan's. */
export function requestFor({ id, policy }: AnswerPlan): StartRequest {
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const rest = { maxTokens: 100, temperature: 0, tools: [], thinking: false };
  return { model: id, messages, onDisconnect: policy, ...rest };
}

/** Answers one request, as the servers in `apps` do it, without their framing. */
export async function handle(world: World, connection: Connection, request: Request): Promise<void> {
  try {
    await dispatch(world, connection, request);
  } catch (error) {
    if (!(error instanceof TokenwireError)) {
      world.verdict.broken('crash', `${request.route}: ${String(error)}`);
    } else if (!connection.closed.aborted) {
      reply(connection, { type: 'error', error });
      connection.end();
    }
  }
}

async function dispatch(world: World, connection: Connection, request: Request): Promise<void> {
  switch (request.route) {
    case 'start':
      return await start(world, connection, request);
    case 'read':
      return await stream(world, connection, locate(world, request));
    case 'poll':
      return await poll(world, connection, locate(world, request), request.waitMs);
    case 'snapshot':
      return send(connection, find(world, request).generation.snapshot());
    case 'stop': {
      const { generation, name, stopsMs } = find(world, request);
      stopsMs.push(world.clock.now());
      return send(connection, await world.track(`stop of ${name}`, generation.stop('client')));
    }
  }
}

async function start(
  world: World,
  connection: Connection,
  { answer: plan, streams }: Extract<Request, { route: 'start' }>,
): Promise<void> {
  const answer = world.start(plan, requestFor(plan));
  const { generation, name } = answer;
  if (!streams) return send(connection, { id: generation.id, cursor: formatCursor(generation.id, 0) });
  await world.track(`the beginning of ${name}`, begun(connection, answer));
  if (generation.refused && generation.failure) throw generation.failure;
  await stream(world, connection, { answer, seq: 0 });
}

/** Until the model has accepted, a refusal can still be the answer to the request. Nobody waits longer than a heartbeat. */
async function begun(connection: Connection, answer: Answer): Promise<void> {
  const leave = answer.enter();
  await answer.generation.untilBegun(connection.closed, HEARTBEAT_MS);
  leave();
}

/** A place in an answer. */
interface Place {
  readonly answer: Answer;
  readonly seq: number;
}

function locate(world: World, { cursor, owner }: { readonly cursor: string; readonly owner: string }): Place {
  const { id, seq } = parseCursor(cursor);
  const answer = find(world, { id, owner });
  if (seq <= answer.generation.log.lastSeq) return { answer, seq };
  throw new TokenwireError('invalid_cursor', 'The cursor is ahead of the log.');
}

function find(world: World, { id, owner }: { readonly id: string; readonly owner: string }): Answer {
  const generation = world.generations.get(id, owner);
  return world.answers.find((answer) => answer.generation === generation) as Answer;
}

async function stream(world: World, connection: Connection, { answer, seq: after }: Place): Promise<void> {
  const { generation } = answer;
  let seq = after;
  reply(connection, { type: 'head', id: generation.id });
  if (generation.log.terminal?.seq === seq) return connection.end();
  const leave = answer.enter();
  const signal = connection.closed;
  const gone = (): void => leave();
  signal.addEventListener('abort', gone, { once: true });
  const batches = generation.read(seq, { signal });
  const stopBeating = beat(world, connection);
  for (;;) {
    const { done, value } = await answer.waitFor(seq, batches.next());
    if (done) break;
    seq = value.at(-1)?.seq ?? seq;
    if (connection.write(value.map(parcelOf))) continue;
    // Who takes nothing for too long is dropped, and may resume.
    if (!(await connection.drained(WRITE_STALL_MS))) connection.destroy();
  }
  stopBeating();
  signal.removeEventListener('abort', gone);
  leave();
  if (!signal.aborted) connection.end();
}

/** A heartbeat at intervals, until the connection closes or the returned function is called. */
function beat(world: World, connection: Connection): () => void {
  const again = (): void => {
    if (!connection.full) reply(connection, { type: 'beat' });
    callOff = world.clock.after(HEARTBEAT_MS, again);
  };
  let callOff = world.clock.after(HEARTBEAT_MS, again);
  return () => callOff();
}

async function poll(world: World, connection: Connection, place: Place, waitMs: number): Promise<void> {
  const { answer, seq } = place;
  const { generation } = answer;
  const leave = answer.enter();
  const leaveCore = generation.enter();
  const events = await nextPage(world, connection, place, waitMs);
  const lastSeq = events.at(-1)?.seq ?? seq;
  const page = {
    events: events.map(({ json }) => JSON.parse(json) as unknown),
    cursor: formatCursor(generation.id, lastSeq),
    done: generation.log.terminal?.seq === lastSeq,
    ...(waitMs === 0 && { nextPollMs: NEXT_POLL_MS }),
  };
  if (!connection.closed.aborted) send(connection, page);
  leaveCore(POLL_LEASE_MS);
  leave(POLL_LEASE_MS);
}

/** What there is; if there is nothing, what comes within the wait. */
async function nextPage(
  world: World,
  connection: Connection,
  { answer, seq }: Place,
  waitMs: number,
): Promise<readonly LogEntry[]> {
  const { log } = answer.generation;
  const ready = log.take(seq, POLL_PAGE_BYTES);
  if (ready.length > 0) return ready;
  const patience = new AbortController();
  world.watch(patience.signal, 'a held poll');
  const giveUp = (): void => patience.abort();
  const callOff = world.clock.after(waitMs, giveUp);
  connection.closed.addEventListener('abort', giveUp, { once: true });
  if (connection.closed.aborted) giveUp();
  const batches = log.read(seq, { signal: patience.signal });
  const { done } = await answer.waitFor(seq, batches.next());
  await batches.return();
  callOff();
  connection.closed.removeEventListener('abort', giveUp);
  return done ? [] : log.take(seq, POLL_PAGE_BYTES);
}

function send(connection: Connection, document: unknown): void {
  reply(connection, { type: 'document', json: JSON.stringify(document) });
  connection.end();
}

function reply(connection: Connection, body: Reply): void {
  connection.write([{ body, bytes: 'json' in body ? body.json.length : 100 }]);
}

const parcelOf = ({ json }: LogEntry): Parcel => ({
  body: { type: 'event', json } satisfies Reply,
  bytes: json.length,
});
