export { websocketTransport } from './websocket.js';
