export { chunkedRouter } from './chunked.js';
