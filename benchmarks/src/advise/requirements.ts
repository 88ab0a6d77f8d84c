import type { Measured } from '../compare/modes.js';

/** Who reads the answer. */
export const READERS = ['browser', 'node', 'native', 'curl'] as const;
/** What stands between reader and server. `unknown`: nobody can tell. */
export const PROXIES = ['none', 'nginx', 'haproxy', 'caddy', 'cloudflare', 'alb', 'unknown'] as const;
/** Those that the laboratory measures, as shipped and as documented. */
export const MEASURED_PROXIES = ['nginx', 'haproxy', 'caddy'] as const;
export const NETWORKS = ['loopback', 'broadband', 'mobile', 'lossy', 'satellite'] as const;
export const WISHES = ['required', 'wanted', 'no'] as const;
/** What decides among modes that can do the work. */
export const PRIORITIES = ['latency', 'cost', 'bytes', 'simplicity'] as const;
export const AUTH = ['none', 'header', 'cookie', 'query'] as const;

export type Reader = (typeof READERS)[number];
export type Proxy = (typeof PROXIES)[number];
export type ProxyConfig = 'stock' | 'documented';
export type NetworkName = (typeof NETWORKS)[number];
export type Wish = (typeof WISHES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Auth = (typeof AUTH)[number];

/** What somebody needs. Numbers are per answer unless they say otherwise. */
export interface Requirements {
  readonly reader: Reader;
  /** The reader takes text, not events: no cursor, no end reason. */
  readonly plainText: boolean;
  readonly proxy: Proxy;
  readonly proxyConfig: ProxyConfig;
  readonly network: NetworkName;
  /** Answers at the same time. */
  readonly streams: number;
  /** Readers of each answer. */
  readonly readers: number;
  readonly tokensPerSecond: number;
  /** How long an answer takes, in seconds. */
  readonly answerSeconds: number;
  readonly resume: Wish;
  readonly stop: Wish;
  /** The reader talks while it listens. */
  readonly bidirectional: boolean;
  /** Version of HTTP that readers speak with whatever they meet first. */
  readonly http: 1 | 2;
  /** Responses reach the reader whole, and must be short. */
  readonly serverless: boolean;
  /** The longest that one response may take, in seconds; null: no limit. */
  readonly maxResponseSeconds: number | null;
  readonly auth: Auth;
  /** Tabs of one browser that read at the same time. */
  readonly tabs: number;
  /** 99 % of all tokens should be with the reader within so many milliseconds. */
  readonly latencyObjectiveMs: number;
  readonly priority: Priority;
}

/** What holds where nothing is said. The answer's 30 s and 20 tokens/s are those of a page of text. */
export const DEFAULTS: Requirements = {
  reader: 'browser',
  plainText: false,
  proxy: 'none',
  proxyConfig: 'documented',
  network: 'loopback',
  streams: 100,
  readers: 1,
  tokensPerSecond: 20,
  answerSeconds: 30,
  resume: 'wanted',
  stop: 'wanted',
  bidirectional: false,
  http: 1,
  serverless: false,
  maxResponseSeconds: null,
  auth: 'none',
  tabs: 1,
  latencyObjectiveMs: 100,
  priority: 'latency',
};

/** What a platform without long responses allows, in seconds, unless it is said. */
export const SERVERLESS_SECONDS = 10;

/** The candidates, the simplest first: the last word where nothing else tells them apart. */
export const CANDIDATES: readonly Measured[] = ['sse', 'chunked', 'long-poll', 'short-poll', 'websocket', 'batch'];
