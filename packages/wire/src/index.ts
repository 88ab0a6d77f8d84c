export * from './connection.js';
export * from './frame-bits.js';
export * from './parts.js';
export * from './span.js';
export { DEFAULT_TEXTS, type TextPath } from './json.js';
