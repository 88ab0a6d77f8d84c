export * from './flush-policy.js';
export * from './generation.js';
export * from './generations.js';
export * from './log.js';
export * from './log-reader.js';
export * from './tick-clock.js';
