export { connectWebSocket, streamWebSocket } from './websocket.js';
export type {
  StreamError,
  StreamOptions,
  StreamStatus,
  TokenStream,
  WebSocketConstructor,
  WebSocketLike,
} from '@tokenwire/client-kit';
