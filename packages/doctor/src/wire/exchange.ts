/** A request as a probe makes it. */
export interface Request {
  readonly url: URL;
  /** Default GET. */
  readonly method?: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How long an exchange may take, and who is told. */
export interface Limits {
  /** From the request's last byte until the answer is given up, in milliseconds. */
  readonly limitMs: number;
  /** Gives everything up at once. */
  readonly signal: AbortSignal;
  /** Do not check the certificate. Default false. */
  readonly insecure?: boolean;
  /** Called with each unit: an SSE block, a line, a message; elsewhere each piece as it came. */
  readonly onUnit?: (text: string, atMs: number) => void;
}

/** A piece of the answer: when it came, counted from the request, and how large it was. */
export interface Arrival {
  readonly atMs: number;
  readonly bytes: number;
}

/** A piece of the answer after decompression. */
export interface ContentArrival extends Arrival {
  /** Units that ended in it; 0 where the type does not say what a unit is. */
  readonly units: number;
  /** Whether it stopped inside a unit: servers write whole ones, buffers do not know what one is. */
  readonly midUnit: boolean;
}

/** How an answer ended: as HTTP ends one, by a break, or because it was watched for long enough. */
export type Ending = 'complete' | 'cut' | 'limit';

/** How the body's end is told. */
export type Framing = 'chunked' | 'length' | 'close' | 'h2' | 'messages';

/** An answer and how it came. Times are milliseconds since the request was sent. */
export interface Answer {
  readonly kind: 'answer';
  readonly url: URL;
  readonly status: number;
  /** `1.0`, `1.1` or `2.0`. */
  readonly httpVersion: string;
  /** Names in lower case, values as they came; names may repeat. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly framing: Framing;
  readonly headersMs: number;
  /** Pieces as they came from the network; for HTTP/1.1 chunk by chunk. */
  readonly wire: readonly Arrival[];
  readonly wireBytes: number;
  readonly content: readonly ContentArrival[];
  readonly contentBytes: number;
  readonly endMs: number;
  readonly ending: Ending;
  /** Beginning of the content, for people. */
  readonly head: string;
  /** Why the content could not be decompressed. */
  readonly decodeError?: string;
}

/** Nothing came: not even headers. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly url: URL;
  readonly waitedMs: number;
}

/** There was no conversation, or not in HTTP. */
export interface Failure {
  readonly kind: 'failure';
  readonly url: URL;
  /** What could not be done. */
  readonly stage: 'connect' | 'speak';
  /** The system's code, such as `ECONNREFUSED`, or a message. */
  readonly reason: string;
}

export type Outcome = Answer | NoAnswer | Failure;

/** A header's value; several of one name are joined as HTTP does. */
export function header({ headers }: Pick<Answer, 'headers'>, name: string): string | undefined {
  const values = headers.filter(([key]) => key === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The media type, in lower case and without parameters. */
export function mediaType(answer: Pick<Answer, 'headers'>): string {
  return (header(answer, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Node's flat list of names and values as pairs, names in lower case. */
export function pairsOf(raw: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? ''] as const] : []));
}
