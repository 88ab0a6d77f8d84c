export { type BufferingOptions, type BufferingReport, watchBuffering } from './buffering.js';
export { derive } from './connection.js';
export { type Device, thisDevice } from './device.js';
export { type StreamError, badResponse, damaged, errorBody } from './errors.js';
export { acceptResponse, readObject } from './response.js';
export { Reconnect } from './retry.js';
export { openStream } from './stream.js';
export { MAX_EVENT_LENGTH, parseJson, randomToken, readText, tooLong, utf8Decoder } from './text.js';
export { type TicketOptions, fetchTicket } from './ticket.js';
export type {
  Attempt,
  Connect,
  OpenStream,
  RetryOptions,
  StreamOptions,
  StreamStatus,
  TokenStream,
  WebSocketConstructor,
  WebSocketLike,
} from './types.js';
