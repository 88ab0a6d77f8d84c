interface ErrorRule {
  /** HTTP status, where the error is an HTTP answer. */
  readonly http: number;
  /** WebSocket close code, where the socket is closed for it: 4000–4499 reconnect, 4500–4999 do not. */
  readonly close?: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
}

/** Every error that a server sends: one list for all transports. */
export const SERVER_ERRORS = {
  invalid_request: { http: 400, close: 4500, retryable: false },
  invalid_json: { http: 400, close: 4500, retryable: false },
  invalid_cursor: { http: 400, close: 4500, retryable: false },
  unknown_model: { http: 400, close: 4500, retryable: false },
  unknown_field: { http: 400, close: 4500, retryable: false },
  unauthenticated: { http: 401, close: 4501, retryable: false },
  forbidden: { http: 403, close: 4503, retryable: false },
  not_found: { http: 404, retryable: false },
  method_not_allowed: { http: 405, retryable: false },
  not_acceptable: { http: 406, retryable: false },
  request_timeout: { http: 408, retryable: true },
  conflict: { http: 409, retryable: false },
  cursor_expired: { http: 410, retryable: false },
  history_lost: { http: 410, retryable: false },
  payload_too_large: { http: 413, close: 1009, retryable: false },
  unsupported_media_type: { http: 415, close: 1003, retryable: false },
  upgrade_required: { http: 426, retryable: false },
  headers_too_large: { http: 431, retryable: false },
  rate_limited: { http: 429, close: 4029, retryable: true },
  overloaded: { http: 503, close: 1013, retryable: true },
  draining: { http: 503, close: 1012, retryable: true },
  slow_consumer: { http: 503, close: 4008, retryable: true },
  upstream_error: { http: 502, retryable: true },
  upstream_rate_limited: { http: 503, retryable: true },
  upstream_timeout: { http: 504, retryable: true },
  upstream_stalled: { http: 504, retryable: true },
  upstream_truncated: { http: 502, retryable: true },
  upstream_protocol: { http: 502, retryable: false },
  interrupted: { http: 503, close: 1011, retryable: true },
  internal: { http: 500, close: 1011, retryable: true },
} as const satisfies Record<string, ErrorRule>;

/** Errors that only a client finds: no server sends them. */
export const CLIENT_ERRORS = {
  /** The connection could not be made or kept, and the budget for trying again is spent. */
  connection_lost: { retryable: true },
  /** The server's answer does not follow the wire protocol. */
  bad_response: { retryable: false },
  /** The stream was left, aborted or stopped before it began. */
  aborted: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type ServerErrorCode = keyof typeof SERVER_ERRORS;
export type ErrorCode = ServerErrorCode | keyof typeof CLIENT_ERRORS;

/** What travels in an error body, an error message and an `error` event. */
export interface ErrorBody {
  readonly code: string;
  /** For people: says what to do. Never a stack, a key, a prompt or an internal host. */
  readonly message: string;
  readonly retryable: boolean;
  /** Finds the server's log line. */
  readonly requestId?: string;
  /** With `cursor_expired`: the oldest cursor that can still be read, or null when nothing is left. */
  readonly oldest?: string | null;
}

export interface ErrorDetails {
  /** Overrides the code's rule, for example because the server said so. */
  readonly retryable?: boolean;
  /** Milliseconds after which trying again makes sense. */
  readonly retryAfterMs?: number;
  readonly oldest?: string | null;
  readonly requestId?: string;
  readonly cause?: unknown;
}

/** The one error class of the project. `code` is for programs, `message` for people. */
export class TokenwireError extends Error {
  override readonly name = 'TokenwireError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
    this.retryable = details.retryable ?? ruleOf(code).retryable;
  }

  /** The HTTP status of this error; 500 for what only clients find. */
  get httpStatus(): number {
    return this.code in SERVER_ERRORS ? SERVER_ERRORS[this.code as ServerErrorCode].http : 500;
  }

  /** The body that is sent; the cause stays here. */
  toBody(requestId?: string): ErrorBody {
    const { oldest } = this.details;
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(requestId === undefined ? {} : { requestId }),
      ...(oldest === undefined ? {} : { oldest }),
    };
  }
}

function ruleOf(code: ErrorCode): { readonly retryable: boolean } {
  return code in SERVER_ERRORS
    ? SERVER_ERRORS[code as ServerErrorCode]
    : CLIENT_ERRORS[code as keyof typeof CLIENT_ERRORS];
}

/** Whether `code` is one that this version knows. Newer servers may send others. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(SERVER_ERRORS, code) || Object.hasOwn(CLIENT_ERRORS, code);
}

/** Makes the error again from a received body. Codes unknown to this version become `fallback`. */
export function errorFromBody(body: ErrorBody, fallback: ErrorCode, retryAfterMs?: number): TokenwireError {
  return new TokenwireError(isErrorCode(body.code) ? body.code : fallback, body.message, {
    retryable: body.retryable,
    ...(body.oldest === undefined ? {} : { oldest: body.oldest }),
    ...(body.requestId === undefined ? {} : { requestId: body.requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
