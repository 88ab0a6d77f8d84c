/**
 * For `createServer` of `node:http`: what our servers are made with.
 *
 * The time limits are against clients that send their request byte by byte; they do not limit how long an answer may
 * take.
 */
export const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Node looks at the two limits above only this often; its default is 30 s.
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  noDelay: true,
  // What may wait in a connection before it counts as full. Node's default is 16 KiB up to Node 20 and 64 KiB since 22,
  // where a reader that never reads would hold two batches.
  highWaterMark: 16 * 1024,
} as const;
