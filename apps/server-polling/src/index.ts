export { pollingRouter } from './polling.js';
