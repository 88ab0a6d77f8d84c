export { connectSse, streamSse } from './sse.js';
export type { StreamError, StreamOptions, StreamStatus, TokenStream } from '@tokenwire/client-kit';
