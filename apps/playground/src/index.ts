export { chooseTransport, combinedTransport } from './combined.js';
export { startPlayground, type Playground, type PlaygroundOptions } from './host/playground.js';
