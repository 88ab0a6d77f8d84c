export { AnswerStore, type Setup } from './answer-store.js';
export type { Question } from './place.js';
export type { FrameScheduler } from './frames.js';
export type { Answer, AnswerBlock, ResumeStorage, UseTokenStream, UseTokenStreamOptions } from './types.js';
export { useTokenStream } from './use-token-stream.js';
