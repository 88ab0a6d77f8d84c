export { streamLadder } from './ladder.js';
export { LADDER, type LadderTransport } from './rungs.js';
export type { LadderMemory, LadderOptions, LadderStep, LadderStream, StepReason } from './types.js';
export type { StreamError, StreamOptions, StreamStatus, TokenStream } from '@tokenwire/client-kit';
