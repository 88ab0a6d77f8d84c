import type { StreamError } from '@tokenwire/client-kit';
import { isTerminal } from '@tokenwire/protocol';

import { ApplicationError, type Reader, type Session } from '../reader.js';
import type { World } from '../world.js';
import { failureOf } from './log.js';

/** How one client's reading ended: with the answer's end, or with an error that has a reason and keeps what was read. */
export function checkSession(world: World, reader: Reader, session: Session): void {
  const { stream, outcome, text } = session;
  const { verdict } = world;
  const who = reader.plan.id;
  if (!outcome) return verdict.broken('settles', `${who} still reads`);
  checkPatience(world, reader, session);
  if (stream.textSoFar !== text) verdict.broken('partial', `${who} holds another text than it was given`);
  if (outcome.error === undefined) {
    if (!session.left) checkSuccess(world, reader, session);
    return;
  }
  if (outcome.error instanceof ApplicationError) return;
  const error = outcome.error as StreamError;
  if (error.partialText !== text || error.cursor !== outcome.cursor) {
    verdict.broken('partial', `${who}: ${error.code} does not say how far it came`);
  }
  if (!stream.partial && stream.requests > 0)
    verdict.broken('partial', `${who}: after ${error.code} nothing is partial`);
  const wrong = objection(world, reader, session, error);
  if (wrong) verdict.broken('error', `${who} failed with ${error.code}: ${wrong}. ${error.message}`);
}

/** Nobody reconnects without need. Whoever sleeps finds all connections silent. */
function checkPatience(world: World, reader: Reader, { stream, faultsBefore, faultsAfter }: Session): void {
  const faults = faultsAfter - faultsBefore;
  if (stream.reconnects <= faults || world.sleptMs > 0) return;
  world.verdict.broken('patience', `${reader.plan.id} reconnected ${stream.reconnects} times for ${faults} faults`);
}

function checkSuccess(world: World, reader: Reader, { stream, last, firstSeq, startedWith }: Session): void {
  const broken = (what: string): void =>
    world.verdict.broken('success', `${reader.plan.id} ended ${stream.status}, ${what}`);
  if (last && isTerminal(last)) {
    const status = { message_stop: 'completed', cancelled: 'cancelled', error: 'failed' }[last.type];
    if (last.type === 'error' || stream.status !== status) broken(`but the answer with ${last.type}`);
    return;
  }
  // Without an event it may be at the end already, which a snapshot has told.
  const generation = world.answers.find((answer) => answer.generation.id === stream.id)?.generation;
  const atEnd = startedWith === 'cursor' && !last && generation?.log.terminal?.seq === firstSeq;
  if (!atEnd || stream.status !== generation.status)
    broken(`with ${last ? `a ${last.type}` : 'nothing'} for its last event`);
}

/** Why this error cannot be, if it cannot. */
function objection(world: World, reader: Reader, session: Session, error: StreamError): string | undefined {
  const { stream, last, left } = session;
  if (last?.type === 'error')
    return last.error.code === error.code ? undefined : `the answer failed with ${last.error.code}`;
  switch (error.code) {
    case 'aborted':
      return left || stream.requests === 0 ? undefined : 'nobody left';
    case 'connection_lost':
      // Whoever sleeps finds all connections silent.
      if (session.faults >= reader.plan.maxAttempts || world.sleptMs > 0) return undefined;
      return `there were ${session.faults} faults since its last event, and it may try ${reader.plan.maxAttempts} times`;
    case 'cursor_expired':
    case 'not_found':
      return session.wasKept ? 'the answer was still kept' : undefined;
    case 'bad_response':
      // Its key was free again, and named another answer on the second try.
      return answersOf(world, reader) > 1 ? undefined : 'the server said nothing wrong';
    case 'conflict':
      return world.plan.steps.some((step) => step.do === 'conflict')
        ? undefined
        : 'nobody used its key for something else';
    default:
      // Refused before the first event: an answer to the request, not an event.
      return error.code === failureOf(reader.answer) ? undefined : 'nothing of the kind has happened';
  }
}

function answersOf(world: World, reader: Reader): number {
  return world.answers.filter(({ plan }) => plan === reader.answer).length;
}
