import autocannon from 'autocannon';

/** What autocannon is to do. */
export interface Orders {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: number;
  /** Requests in all, or seconds to ask for. A connection asks again as soon as it was answered: closed loop. */
  readonly until: { readonly requests: number } | { readonly seconds: number };
  /** Seconds in which a response has to be complete: more than any stream takes. autocannon's own default, 10, kills streams. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** What it has seen. */
export interface Salvo {
  /** From the request, connecting included, to the end of each response, with fractions: autocannon's own table has whole ones. */
  readonly latenciesMs: readonly number[];
  /** Status → responses. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Connections that failed, and time-outs. */
  readonly errors: number;
  readonly timeouts: number;
  /** From the start to the last response. */
  readonly seconds: number;
}

/** How often autocannon looks whether it is over, in milliseconds. */
const SAMPLE_MS = 100;

/** Runs autocannon in this process. @throws when the signal aborts. */
export async function fire(orders: Orders): Promise<Salvo> {
  const { url, method = 'GET', headers = {}, body, connections, until, timeoutSeconds, signal } = orders;
  signal.throwIfAborted();
  const latenciesMs: number[] = [];
  const statuses: Record<number, number> = {};
  const startMs = performance.now();
  let endMs = startMs;
  const run = autocannon({
    url,
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    connections,
    ...('requests' in until ? { amount: until.requests } : { duration: until.seconds }),
    timeout: timeoutSeconds,
    sampleInt: SAMPLE_MS,
  });
  run.on('response', (_client: unknown, status: number, _bytes: number, ms: number) => {
    latenciesMs.push(ms);
    statuses[status] = (statuses[status] ?? 0) + 1;
    endMs = performance.now();
  });
  const stop = (): void => run.stop();
  signal.addEventListener('abort', stop, { once: true });
  const { errors, timeouts } = await run;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return { latenciesMs, statuses, errors, timeouts, seconds: (endMs - startMs) / 1000 };
}
