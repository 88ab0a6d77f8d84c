import type { StreamStatus } from '@tokenwire/client-kit';
import type { Mode, StreamEvent } from '@tokenwire/protocol';

import type { ControlNews, LaneCounters } from '../../src/control-protocol.js';
import type { Ask } from '../../web/src/control/control.js';
import type { Target } from '../../web/src/break/fault.js';
import { PaneObserver } from '../../web/src/break/pane-observer.js';
import { PaneRecord } from '../../web/src/pane/pane-record.js';

/** An id as servers make them. */
export const ID = 'gen_0123456789abcdefghijkl';

/** The event of one token, or another one. */
export function event(seq: number, type: 'delta' | 'start' | 'stop' | 'cancelled' | 'error' = 'delta'): StreamEvent {
  switch (type) {
    case 'start':
      return { type: 'message_start', seq, id: ID, model: 'tiny' };
    case 'stop':
      return { type: 'message_stop', seq };
    case 'cancelled':
      return { type: 'cancelled', seq, by: 'client' };
    case 'error':
      return { type: 'error', seq, error: { code: 'upstream_error', message: 'It broke.', retryable: true } };
    default:
      return { type: 'content_block_delta', seq, index: 0, delta: { type: 'text_delta', text: 'x' } };
  }
}

/** A pane without a page, whose time stands still until it is moved. */
export class FakePane implements Target {
  readonly key: string;
  readonly title: string;
  readonly record: PaneRecord;
  readonly observer: PaneObserver;
  readonly pace = { delayMs: 0 };
  readonly did: string[] = [];
  nowMs = 1_000;
  readonly #later: (() => void)[] = [];

  constructor(mode: Mode = 'sse', key = mode as string) {
    this.key = key;
    this.title = key.toUpperCase();
    this.record = new PaneRecord(key, mode, `lane-${key}`);
    this.observer = new PaneObserver(
      this.record,
      () => this.nowMs,
      (callback) => this.#later.push(callback),
    );
  }

  readonly device: Target['device'] = {
    onWake: () => () => undefined,
    isOffline: () => false,
    wallNow: () => 0,
    wake: (ms) => void this.did.push(`wake ${ms}`),
  };

  readonly stream = (): ReturnType<Target['stream']> =>
    ({
      stop: () => {
        this.did.push('stop');
        return Promise.resolve({ id: ID, status: 'cancelled' });
      },
      detach: () => {
        this.did.push('detach');
        this.status('detached');
      },
      resume: () => {
        this.did.push('resume');
        this.status('connecting');
      },
    }) as unknown as ReturnType<Target['stream']>;

  readonly switchTo = (mode: Mode): void => void this.did.push(`switch ${mode}`);

  /** As the page's pane does it. */
  status(status: StreamStatus): void {
    this.record.status = status;
    if (status === 'connecting') this.record.startMs ??= this.nowMs;
    else if (status === 'failed' || status === 'detached') this.record.endMs ??= this.nowMs;
    else if (status === 'streaming') this.record.endMs = undefined;
    this.observer.status(status);
  }

  take(...events: readonly StreamEvent[]): void {
    for (const each of events) {
      this.record.take(each, this.nowMs);
      this.observer.event(each, this.nowMs);
    }
  }

  /** Connected, with this many events. */
  answering(events = 3): this {
    this.status('connecting');
    this.status('streaming');
    this.take(event(1, 'start'));
    for (let seq = 2; seq <= events; seq += 1) this.take(event(seq));
    return this;
  }

  cut(how: 'fin' | 'rst' | 'blackhole', atMs = this.nowMs): void {
    this.observer.line({ type: 'line', lane: this.record.lane, atMs, what: 'cut', how });
  }

  /** Runs what the observer has put off. */
  settle(): void {
    for (const callback of this.#later.splice(0)) callback();
  }

  /** `who: text` of every incident. */
  get told(): readonly string[] {
    return this.record.incidents.map(({ who, text }) => `${who}: ${text}`);
  }
}

type Listener = (news: never) => void;

/** A control socket without a host: it remembers what it was asked, and refuses when it is told to. */
export class FakeControl {
  readonly asked: Ask[] = [];
  refuse: string | undefined;
  readonly offset = { errorMs: 0, toPage: (ms: number) => ms + 100 } as never;
  readonly #listeners = new Map<string, Set<Listener>>();

  readonly ask = (message: Ask): Promise<{ ref: number; ok: true }> => {
    this.asked.push(message);
    return this.refuse === undefined ? Promise.resolve({ ref: 0, ok: true }) : Promise.reject(new Error(this.refuse));
  };

  readonly on = (type: ControlNews['type'], listener: Listener): (() => void) => {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  say(news: ControlNews): void {
    for (const listener of this.#listeners.get(news.type) ?? []) listener(news as never);
  }

  /** The host has seen so many requests of a lane, and has answered so many bytes. */
  seen(lane: string, requests: number, atMs: number, bytesDown = 0): void {
    const counters: LaneCounters = { open: 1, connections: 1, requests, bytesUp: 0, bytesDown };
    this.say({ type: 'lanes', atMs, lanes: { [lane]: counters } });
  }
}
