export { chooseTransport, combinedTransport } from './combined.js';
