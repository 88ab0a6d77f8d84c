/** What we use of autocannon 9, which comes without types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  export interface Options {
    readonly url: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly connections: number;
    /** Requests in all; without it, `duration`. */
    readonly amount?: number;
    /** Seconds. */
    readonly duration?: number;
    /** Seconds after a request in which its response has to be complete. Default 10. */
    readonly timeout?: number;
    /** Milliseconds between two samples; a run ends with one. Default 1 000. */
    readonly sampleInt?: number;
    /** Requests per second. */
    readonly overallRate?: number;
    readonly ignoreCoordinatedOmission?: boolean;
  }

  export interface Result {
    /** Whole milliseconds. */
    readonly latency: {
      readonly totalCount: number;
      readonly min: number;
      readonly p50: number;
      readonly p99: number;
      readonly max: number;
    };
    readonly requests: { readonly sent: number; readonly total: number };
    /** Connections that failed, and time-outs. */
    readonly errors: number;
    readonly timeouts: number;
    /** Seconds. */
    readonly duration: number;
  }

  /** Emits `response` (client, status, bytes, milliseconds with fractions) for each complete response. */
  interface Run extends EventEmitter, PromiseLike<Result> {
    stop(): void;
  }

  export default function autocannon(options: Options): Run;
}
