import type { Finding } from '../diagnose/problems.js';
import type { Lateness } from '../diagnose/timetable.js';
import type { Answer, Limits, Outcome, Request } from '../wire/exchange.js';
import type { Exchange } from '../wire/exchange-any.js';

/** What all probes of a run share. */
export interface Context {
  readonly url: URL;
  /** Headers of the user, names in lower case: sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest that a stream is watched, in milliseconds. */
  readonly limitMs: number;
  /** How long a stream is left silent; 0: not tried. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  readonly insecure: boolean;
  /** The origin of a page that wants to read. */
  readonly origin: string | undefined;
  readonly exchange: Exchange;
  /** Told what is being done. */
  readonly progress: (what: string) => void;
}

/** What came of one probe. */
export interface ProbeResult {
  /** `sse`, `websocket`, `GET /feed` … */
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Whether enough was seen to say that the stream is healthy, or that it is not. */
  readonly judged: boolean;
  /** How many polls it took. */
  readonly polls?: number;
  /** The answer that a report can draw; the last of several. */
  readonly answer?: Answer;
  /** Against the timetable, where there was one. */
  readonly lateness?: Lateness;
}

/** Asks, with the user's headers and the run's limits; not any more once the run is interrupted. */
export async function ask(context: Context, request: Request, more: Partial<Limits> = {}): Promise<Outcome> {
  const { limitMs, signal, insecure, headers } = context;
  if (signal.aborted) return { kind: 'no-answer', url: request.url, waitedMs: 0 };
  const all = { 'accept-encoding': 'identity', ...request.headers, ...headers };
  return await context.exchange({ ...request, headers: all }, { limitMs, signal, insecure, ...more });
}

/** A URL below the one that was given, whose own query is not repeated. */
export function below({ url }: Pick<Context, 'url'>, path: string): URL {
  return new URL(url.pathname.replace(/\/$/, '') + path, url.origin);
}
