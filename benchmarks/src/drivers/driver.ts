/** What a driver notes while it reads one answer. Nothing here may cost more than a push. */
export interface Sink {
  /** The response's headers are there, or the socket is open. */
  headers(): void;
  /** One token has reached the application. Tokens of one turn of the event loop count as one chunk. */
  token(text: string): void;
  /** The server's name for the answer, where it has one. */
  id(id: string): void;
  /** HTTP requests and sockets so far, and connections after the first. Default 1 and 0. */
  requests(requests: number, reconnects: number): void;
  /** An event that was missing, or that came twice. */
  lost(count: number): void;
  doubled(count: number): void;
  /** A further figure of one stream, by name. */
  extra(name: string, value: number): void;
}

/** One answer to be read. */
export interface Call {
  /** Base URL of the server, or of what is in front of it. */
  readonly url: string;
  /** Number of the stream in its trial. Controls and peers are asked with `?stream=<n>`; -1 and below: warm-up. */
  readonly stream: number;
  /** Texts of the trace's tokens: for a reader that gets the whole answer in one piece, and knows no tokens. */
  readonly texts: readonly string[];
  /** Name of the trace: our servers are asked for the model `replay/<trace>`. */
  readonly trace: string;
  /** Of the target, and of the scenario: plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/**
 * Reads one answer to its end, through the public API of a client. Every driver module exports `read`.
 * @throws when the answer ended with an error, or was not complete.
 */
export type Read = (call: Call, sink: Sink) => Promise<void>;
