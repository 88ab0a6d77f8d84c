export * from './clock.js';
export * from './cursor.js';
export * from './errors.js';
export * from './events.js';
export * from './modes.js';
export * from './request.js';
export * from './websocket.js';
