export { sseRouter } from './sse.js';
