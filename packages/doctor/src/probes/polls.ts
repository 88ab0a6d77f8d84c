import { setTimeout as sleep } from 'node:timers/promises';

import { answerFindings, finder, outcomeFinding, type Find } from '../diagnose/answers.js';
import type { Finding } from '../diagnose/problems.js';
import { TIMETABLE } from '../diagnose/timetable.js';
import type { Answer, Outcome } from '../wire/exchange.js';
import { ask, below, type Context, type ProbeResult } from './context.js';
import { corsFindings, originHeader, refusedPage } from './cors.js';
import { EventNotes } from './events.js';

/** A page of a poll, as far as the doctor looks at it. */
export interface Page {
  readonly cursor?: unknown;
  readonly done?: unknown;
  readonly events?: readonly unknown[];
  readonly nextPollMs?: unknown;
}

/** Longest that one poll may take beside its wait, in milliseconds. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 1_000;
const MAX_PAGE_CHARACTERS = 1 << 20;

/** Polls an answer of a known timetable to its end. */
export async function probePolls(context: Context, mode: 'long-poll' | 'short-poll', id: string): Promise<ProbeResult> {
  const find = finder(mode);
  context.progress(`reading ${mode}`);
  const notes = new EventNotes();
  const waitSeconds = mode === 'long-poll' ? 5 : 0;
  const from = performance.now();
  let cursor = `${id}.0`;
  let answer: Answer | undefined;
  for (let polls = 1; performance.now() - from < context.limitMs; polls += 1) {
    const path = `/generations/${id}/events?after=${cursor}&wait=${waitSeconds}&reader=doctor-${mode}`;
    const { outcome, text } = await poll(context, path, waitSeconds);
    const wrong = refusedPage(context, outcomeFinding(outcome, find), find);
    if (wrong !== undefined || outcome.kind !== 'answer')
      return { name: mode, findings: wrong === undefined ? [] : [wrong], judged: wrong?.problem !== 'refused' };
    answer = outcome;
    const found = [...answerFindings(outcome, find), ...storedByCache(outcome, find)];
    if (found.length > 0) return { name: mode, findings: found, judged: true, answer };
    const page = pageOf(text);
    if (page === undefined || typeof page.cursor !== 'string')
      return broken(mode, find, answer, `poll ${polls} was no page: ${text.slice(0, 100)}`);
    for (const event of page.events ?? []) notes.event(JSON.stringify(event), performance.now() - from);
    if (page.done === true) {
      const cors = await corsFindings(context, { url: answer.url }, answer, find);
      return { name: mode, findings: [...cors, ...tokensFindings(notes, find)], judged: true, polls, answer };
    }
    cursor = page.cursor;
    if (mode === 'short-poll') await pause(page, context.signal);
  }
  const seen = `${notes.tokens.length} of ${TIMETABLE.tokens} tokens; the cursor stands at ${cursor}`;
  return broken(mode, find, answer, `no end within ${Math.round(context.limitMs / 1_000)} s: ${seen}`);
}

/** One poll, and its body. */
export async function poll(
  context: Context,
  path: string,
  waitSeconds: number,
): Promise<{ readonly outcome: Outcome; readonly text: string }> {
  let text = '';
  const outcome = await ask(
    context,
    { url: below(context, path), headers: { accept: 'application/json', ...originHeader(context) } },
    {
      limitMs: waitSeconds * 1_000 + PATIENCE_MS,
      onUnit: (piece) => (text += text.length < MAX_PAGE_CHARACTERS ? piece : ''),
    },
  );
  return { outcome, text };
}

function broken(name: string, find: Find, answer: Answer | undefined, evidence: string): ProbeResult {
  return {
    name,
    findings: [find('polls-broken', evidence)],
    judged: true,
    ...(answer === undefined ? {} : { answer }),
  };
}

function tokensFindings({ tokens, terminal }: EventNotes, find: Find): readonly Finding[] {
  if (terminal && tokens.length === TIMETABLE.tokens) return [];
  const evidence = `done, with ${tokens.length} of ${TIMETABLE.tokens} tokens${terminal ? '' : ' and no terminal event'}`;
  return [find('polls-broken', evidence)];
}

/** A poll that may be kept will be answered by a cache one day: the server says no-store. */
function storedByCache({ headers }: Answer, find: Find): readonly Finding[] {
  const cache = headers.filter(([name]) => name === 'cache-control').map(([, value]) => value);
  if (cache.some((value) => /\bno-store\b/.test(value))) return [];
  return [find('header-lost', `cache-control: no-store was sent; arrived: ${cache.join(', ') || 'nothing'}`)];
}

/** The page that a body is; undefined for anything else. */
export function pageOf(text: string): Page | undefined {
  try {
    const page: unknown = JSON.parse(text);
    return typeof page === 'object' && page !== null ? page : undefined;
  } catch {
    return undefined;
  }
}

async function pause({ nextPollMs }: Page, signal: AbortSignal): Promise<void> {
  const ms = typeof nextPollMs === 'number' && nextPollMs > 0 ? Math.min(nextPollMs, LONGEST_PAUSE_MS) : 250;
  // Interrupted: the next poll sees it.
  await sleep(ms, undefined, { signal }).catch(() => {});
}
