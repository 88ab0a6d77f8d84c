import type { StreamStatus } from '@tokenwire/client-kit';
import { type Mode, type StreamEvent, isTerminal } from '@tokenwire/protocol';
import type { ControlNews } from '../../../src/control-protocol.js';
import { MODE_TITLES } from '../race/titles.js';
import type { PaneRecord, Who } from '../pane/pane-record.js';
import { type Effect, type Mark, markOf, measure } from './effect.js';
import { NOTICED, SERVER_SAYS, type Trouble, lineSentence, terminalSentences } from './sentences.js';
import { tell } from './tell.js';
import { duration } from './words.js';

export type LineNews = Extract<ControlNews, { type: 'line' }>;
export type ServerNews = Extract<ControlNews, { type: 'server' }>;

/** One cut of a lane ends all of its connections: what is said about them within so many milliseconds is one thing. */
const SAME_CUT_MS = 100;
/** A line that ended longer ago than this explains no lost connection. */
const CAUSE_MS = 30_000;
/** News of a cut may come after the cut itself, over another socket: by so much at most. */
const LATE_NEWS_MS = 2_000;
/** What was already on its way when a poll's line was cut has arrived by then. */
const UNDER_WAY_MS = 50;

/** What the next event is waited for, to be told about. */
type Awaited =
  | { readonly kind: 'after-connecting'; readonly sinceMs: number }
  | { readonly kind: 'after-cut'; readonly sinceMs: number }
  | { readonly kind: 'after-silence'; readonly atLeastMs: number; lastMs: number };

const observers = new WeakMap<PaneRecord, PaneObserver>();

/** Who observes a record, if anybody does. */
export function observerOf(record: PaneRecord): PaneObserver | undefined {
  return observers.get(record);
}

/**
 * Tells in whole sentences what happens to a pane's answer: what its line did, when its client noticed, when it went on
 * and from where, and what that cost. It writes into the record's incidents, in the order of their times.
 *
 * Call `status` from the client's `onStatus`, and `event` after `record.take`. Times are milliseconds of
 * `performance.now`, those of news too: see `watchLine`.
 */
export class PaneObserver {
  /** Since when the client has had no connection; undefined while it has one, or wants none. */
  waitingSinceMs: number | undefined;
  /** When it last said that it makes one. */
  connectingMs: number | undefined;
  readonly #record: PaneRecord;
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  #status: StreamStatus = 'idle';
  #trouble: Trouble | undefined;
  /** A lost connection that was told without its cause, which may still be on its way here. */
  #unexplained: { readonly incident: number; readonly atMs: number } | undefined;
  #awaited: Awaited | undefined;
  /** Whether the connection that is being made replaces one that was lost. */
  #again = false;
  /** Whether the answer's end is worth telling: something has happened to it. */
  #eventful = false;
  readonly #effects = new Map<string, { readonly effect: Effect; readonly mark: Mark }>();

  /** `later` runs something once the client has handed over what it holds; default: a timer of 0 ms. */
  constructor(
    record: PaneRecord,
    now: () => number = () => performance.now(),
    later: (callback: () => void) => void = (callback) => void setTimeout(callback, 0),
  ) {
    this.#record = record;
    this.#now = now;
    this.#later = later;
    observers.set(record, this);
  }

  /** The client has another status. `cursor` is used where it knows more than the record. */
  status(status: StreamStatus, cursor?: string): void {
    const before = this.#status;
    if (status === before) return;
    this.#status = status;
    const nowMs = this.#now();
    const seq = Math.max(this.#record.lastSeq, Number(cursor?.split('.')[1] ?? 0));
    if (status === 'reconnecting') this.#lost(nowMs, before === 'connecting');
    else if (status === 'streaming') this.#connected(nowMs, seq);
    else if (status === 'connecting') this.#connecting(nowMs);
    else this.waitingSinceMs = undefined;
    if (status === 'failed') this.#later(() => this.#gaveUp());
  }

  /** An event has been applied. A comparison or two, unless something is to be told about it. */
  event(event: StreamEvent, nowMs: number): void {
    if (this.#awaited !== undefined) this.#arrived(this.#awaited, event, nowMs);
    if (this.#eventful && isTerminal(event)) this.#end(event, nowMs);
  }

  /** Something happened to the lane's line. */
  line(news: LineNews): void {
    if (news.what !== 'cut' || !this.#record.running) return;
    const { atMs, how = 'fin' } = news;
    if (this.#trouble?.how === how && Math.abs(atMs - this.#trouble.atMs) < SAME_CUT_MS) return;
    const told = this.#unexplained;
    this.#trouble = { how, atMs };
    const index = this.#tell('line', lineSentence(how), atMs);
    if (told !== undefined && atMs - told.atMs < SAME_CUT_MS && told.atMs - atMs < LATE_NEWS_MS) {
      this.#explain(told.incident >= index ? told.incident + 1 : told.incident, told.atMs);
    } else if (isPolling(this.#record.mode)) this.#awaited ??= { kind: 'after-cut', sinceMs: atMs };
  }

  /** Something happened to the server, which concerns every pane. */
  server(news: ServerNews): void {
    if (this.#record.running) this.#tell('server', SERVER_SAYS[news.what], news.atMs);
  }

  /** Whoever uses the page has done something. */
  did(text: string): void {
    this.#tell('you', text, this.#now());
  }

  /** The tab has been told that it slept. What the client does next, it does because of that. */
  woke(text: string): void {
    const nowMs = this.#now();
    this.#tell('you', text, nowMs);
    this.#trouble = { how: 'sleep', atMs: nowMs };
  }

  /** The model says nothing for `ms` milliseconds. */
  silent(text: string, ms: number): void {
    const nowMs = this.#now();
    this.#tell('model', text, nowMs);
    this.#awaited = { kind: 'after-silence', atLeastMs: ms / 2, lastMs: nowMs };
  }

  /** A condition has begun to hold; begun again, it holds anew. */
  began(effect: Effect): void {
    const nowMs = this.#now();
    this.ending(effect.id)();
    this.#effects.set(effect.id, { effect, mark: markOf(this.#record, nowMs) });
    this.#tell(effect.who, effect.begins, nowMs);
  }

  /**
   * A condition is about to end. Gives the function that tells so once it has: what came of it is measured before that,
   * because what was held back comes as soon as it ends.
   */
  ending(id: string): () => void {
    const held = this.#effects.get(id);
    if (held === undefined) return () => undefined;
    const { effect, mark } = held;
    const came = effect.effect(measure(this.#record, mark, this.#now()));
    return () => {
      // Summed up at the answer's end already.
      if (this.#effects.delete(id)) this.#tell(effect.who, `${effect.ends} ${came}`, this.#now());
    };
  }

  /** The client goes on after all, or begins over another transport. */
  #connecting(nowMs: number): void {
    this.waitingSinceMs = nowMs;
    this.connectingMs = nowMs;
    this.#again = false;
    this.#trouble = undefined;
    this.#unexplained = undefined;
  }

  #lost(nowMs: number, unconnected: boolean): void {
    this.connectingMs = nowMs;
    if (unconnected) return this.#stillWaiting(nowMs);
    this.waitingSinceMs = nowMs;
    this.#again = true;
    this.#awaited = undefined;
    const trouble = this.#trouble;
    this.#trouble = undefined;
    const recent = trouble !== undefined && nowMs - trouble.atMs < CAUSE_MS;
    const text = recent
      ? NOTICED[trouble.how](duration(nowMs - trouble.atMs))
      : 'Lost the connection, and tries again.';
    const incident = this.#tell('client', text, nowMs);
    this.#unexplained = recent ? undefined : { incident, atMs: nowMs };
  }

  /** A connection that was never made has not been lost. */
  #stillWaiting(nowMs: number): void {
    const text = `No answer in ${duration(nowMs - (this.waitingSinceMs ?? nowMs))}, tries again.`;
    this.#tell('client', text, nowMs);
  }

  /** News of the cut came after what the client had to say about it. */
  #explain(incident: number, noticedMs: number): void {
    const trouble = this.#trouble;
    const told = this.#record.incidents[incident];
    this.#unexplained = undefined;
    this.#trouble = undefined;
    if (trouble === undefined || told === undefined) return;
    const text = NOTICED[trouble.how](duration(noticedMs - trouble.atMs));
    this.#record.incidents[incident] = { ...told, text };
    this.#record.version += 1;
  }

  #connected(nowMs: number, seq: number): void {
    const sinceMs = this.waitingSinceMs;
    this.waitingSinceMs = undefined;
    this.#trouble = undefined;
    if (sinceMs === undefined || (seq === 0 && !this.#eventful)) return;
    const again = this.#again ? ' again' : '';
    const over = `Connected${again} over ${MODE_TITLES[this.#record.mode]} after ${duration(nowMs - sinceMs)}`;
    this.#tell('client', seq === 0 ? `${over}.` : `${over}, asked for everything after event ${seq}.`, nowMs);
    this.#awaited = { kind: 'after-connecting', sinceMs: nowMs };
  }

  #arrived(awaited: Awaited, { seq }: StreamEvent, nowMs: number): void {
    const sinceMs = awaited.kind === 'after-silence' ? awaited.lastMs : awaited.sinceMs;
    const waitedMs = nowMs - sinceMs;
    const took = duration(waitedMs);
    let text = `Event ${seq} came ${took} later: ${this.#counts()}.`;
    if (awaited.kind === 'after-silence') {
      awaited.lastMs = nowMs;
      if (waitedMs < awaited.atLeastMs) return;
      text = `Event ${seq} came after ${took} of silence, without a reconnect: ${this.#counts()}.`;
    } else if (awaited.kind === 'after-cut') {
      if (waitedMs < UNDER_WAY_MS) return;
      text = `Noticed nothing: event ${seq} came with another poll, ${took} later: ${this.#counts()}.`;
      this.#trouble = undefined;
    }
    this.#awaited = undefined;
    this.#tell('client', text, nowMs);
  }

  #end(event: StreamEvent, nowMs: number): void {
    for (const { effect, mark } of this.#effects.values()) {
      this.#tell(effect.who, effect.effect(measure(this.#record, mark, nowMs)), nowMs);
    }
    this.#effects.clear();
    for (const [who, text] of terminalSentences(event, this.#counts())) this.#tell(who, text, nowMs);
    this.#awaited = undefined;
  }

  /** A failed stream without a terminal event: not the answer has ended, but the attempts to read it. */
  #gaveUp(): void {
    if (this.#status !== 'failed' || this.#record.events.some(isTerminal)) return;
    const text = `Gave up after event ${this.#record.lastSeq}. The text so far stays, marked as partial: ${this.#counts()}.`;
    this.#tell('client', text, this.#now());
  }

  /** This page's own count: a lost event is a jump in `seq`, a doubled one came before. */
  #counts(): string {
    return `${this.#record.lost} lost, ${this.#record.doubled} doubled`;
  }

  #tell(who: Who, text: string, atMs: number): number {
    this.#eventful = true;
    return tell(this.#record, who, text, atMs);
  }
}

function isPolling(mode: Mode): boolean {
  return mode === 'long-poll' || mode === 'short-poll';
}
