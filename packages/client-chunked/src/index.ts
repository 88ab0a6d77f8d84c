export { connectChunked, streamChunked } from './chunked.js';
export type { StreamError, StreamOptions, StreamStatus, TokenStream } from '@tokenwire/client-kit';
