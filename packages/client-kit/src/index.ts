export { type StreamError, acceptResponse, badResponse, damaged, errorBody } from './errors.js';
export { openStream } from './stream.js';
export { parseJson, randomToken, readText } from './text.js';
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
