export { connectPolling, streamLongPoll, streamShortPoll } from './polling.js';
export type { StreamError, StreamOptions, StreamStatus, TokenStream } from '@tokenwire/client-kit';
