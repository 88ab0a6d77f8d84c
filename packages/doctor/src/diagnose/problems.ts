/**
 * `harm`: readers suffer now. `risk`: works in this run, but will not for everybody or always. `unknown`: nothing can
 * be said, and why.
 */
export type Severity = 'harm' | 'risk' | 'unknown';

/** Everything the doctor can find, in the order in which a report shows it. */
export const PROBLEMS = {
  'no-answer': ['harm', 'No answer comes'],
  'bad-gateway': ['harm', 'A hop cannot reach the server'],
  'gateway-timeout': ['harm', 'A hop gave up waiting for the server'],
  'server-error': ['harm', 'The server fails'],
  redirect: ['harm', 'The URL leads elsewhere'],
  buffered: ['harm', 'Something holds the answer back until its end'],
  'buffered-by-size': ['harm', 'Something gathers bytes until a buffer is full'],
  'compressor-holds': ['harm', 'A compressor holds the answer back'],
  grouped: ['harm', 'Something gathers messages and sends several at a time'],
  'looks-grouped': ['risk', 'Messages come several at a time, at even distances'],
  'upgrade-refused': ['harm', 'WebSocket upgrades do not get through'],
  'upgrade-broken': ['harm', 'The WebSocket handshake is damaged on the way'],
  'socket-silent': ['harm', 'The WebSocket opens, but frames do not pass'],
  'polls-broken': ['harm', 'Polling does not advance'],
  'idle-cut': ['harm', 'A silent connection is cut'],
  'long-poll-cut': ['harm', 'A waiting poll is cut'],
  'heartbeats-lost': ['risk', 'Signs of life do not arrive'],
  'cut-early': ['harm', 'The answer is cut off'],
  cached: ['harm', 'A cache answers in the server’s place'],
  'content-type-changed': ['harm', 'The content type is not that of a stream'],
  'not-decodable': ['harm', 'The compressed answer cannot be read'],
  http10: ['harm', 'The answer comes over HTTP/1.0'],
  'cut-looks-complete': ['risk', 'A cut cannot be told from an end'],
  'departure-unnoticed': ['risk', 'The server does not learn that a reader has left'],
  'headers-late': ['risk', 'Headers wait for the first token'],
  compressed: ['risk', 'The stream is compressed on the way'],
  'header-lost': ['risk', 'Headers of the server do not arrive'],
  'header-advice': ['risk', 'The server does not protect its stream'],
  'cors-missing': ['harm', 'A page of that origin may not read the answer'],
  'cors-double': ['harm', 'Two hops add CORS headers'],
  'cors-preflight': ['harm', 'The preflight of a page is refused'],
  'cors-details': ['risk', 'CORS headers are incomplete'],
  'no-http2': ['risk', 'Browsers get HTTP/1.1 only: six streams per host'],
  refused: ['unknown', 'The server refuses the request'],
  unclear: ['unknown', 'Too little came to judge'],
  'no-connection': ['unknown', 'No connection'],
  'not-http': ['unknown', 'What answers does not speak HTTP'],
} as const satisfies Record<string, readonly [Severity, string]>;

export type Problem = keyof typeof PROBLEMS;

/** One thing that was found, once. */
export interface Finding {
  readonly problem: Problem;
  /** What was asked when it showed: `sse`, `websocket`, `GET /feed` … */
  readonly probe: string;
  /** The measured numbers, a sentence each. Text of the server in it is not escaped yet. */
  readonly evidence: readonly string[];
}

/** The severity of a finding. */
export function severityOf({ problem }: Pick<Finding, 'problem'>): Severity {
  return PROBLEMS[problem][0];
}
