export type { Answer, AnswerBlock, ResumeStorage, UseTokenStream, UseTokenStreamOptions } from './types.js';
