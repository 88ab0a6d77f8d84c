export * from './parts.js';
export * from './span.js';
