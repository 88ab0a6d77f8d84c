/** Lean reader of NDJSON over HTTP: of our chunked server and of the control on `node:http`. See `LeanHttpOptions`. */
import type { Read } from './driver.js';
import { readHttp } from './lean-http.js';

const NDJSON = { accept: 'application/x-ndjson', separator: '\n', jsonOf: (line: string) => line };

export const read: Read = (call, sink) => readHttp(call, sink, NDJSON);
