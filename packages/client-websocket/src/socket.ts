import { MAX_EVENT_LENGTH, type WebSocketConstructor, badResponse, parseJson, tooLong } from '@tokenwire/client-kit';
import { SERVER_ERRORS, type ServerErrorCode, TokenwireError } from '@tokenwire/protocol';

/** What any message of the server may have. */
export type Message = Partial<Record<'type' | 'ref' | 'generation' | 'done' | 'event' | 'error', unknown>>;

/** @throws {TokenwireError} `bad_response` for what is not a JSON object in a text message, or too long. */
export function readMessage(data: unknown): Message {
  if (typeof data === 'string' && data.length > MAX_EVENT_LENGTH) throw tooLong();
  const message: unknown = typeof data === 'string' ? parseJson(data) : undefined;
  if (typeof message === 'object' && message !== null) return message;
  throw badResponse('The server sent a message that is not JSON text.');
}

/** @throws {TokenwireError} `invalid_request` where there is no `WebSocket`, as in Node 20. */
export function globalWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor };
  if (WebSocket) return WebSocket;
  const message = 'This runtime has no WebSocket. Pass the one of the package ws: `import { WebSocket } from "ws"`.';
  throw new TokenwireError('invalid_request', message);
}

/** Codes below 4000 after which coming back makes sense: lost, overloaded, restarting. */
const RECONNECT: ReadonlySet<number> = new Set([1006, 1011, 1012, 1013]);
/** Nothing was wrong; the server, or something in between, had enough. */
const CLEAN: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** What a close code means: nothing for a clean one, else an error whose `retryable` says whether to come back. */
export function closeError(code: number): TokenwireError | undefined {
  if (CLEAN.has(code)) return undefined;
  // 4000–4499 reconnect, 4500–4999 do not.
  const retryable = code >= 4000 ? code < 4500 : RECONNECT.has(code);
  const known = Object.entries(SERVER_ERRORS).find(([, rule]) => 'close' in rule && rule.close === code)?.[0];
  const fallback = retryable ? 'connection_lost' : 'bad_response';
  const message = `The server closed the connection with code ${code}.`;
  return new TokenwireError((known as ServerErrorCode | undefined) ?? fallback, message, { retryable });
}
