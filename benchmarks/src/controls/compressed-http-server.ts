/**
 * Control: `node:http` with SSE that is compressed by `node:zlib` and flushed after every write, or a reader would wait
 * for the compressor's block to be full. The coding is its argument: `gzip` or `br`.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, createBrotliCompress, createGzip, type BrotliCompress, type Gzip } from 'node:zlib';

import { announce, HTTP_OPTIONS, streamOf } from '../targets/feed.js';
import { play } from './answer.js';
import { FRAMINGS } from './framing.js';

const coding = process.argv[2] as 'gzip' | 'br';
const { contentType, frame } = FRAMINGS.sse;
/** What web servers use for answers that are made on the way; the default, 11, is meant for files. */
const BROTLI_QUALITY = 4;

function compressor(): Gzip | BrotliCompress {
  if (coding === 'gzip') return createGzip();
  return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}

const FLUSH = coding === 'gzip' ? constants.Z_SYNC_FLUSH : constants.BROTLI_OPERATION_FLUSH;

const server = createServer(HTTP_OPTIONS, (req, res) => {
  req.resume();
  res.writeHead(200, { 'Content-Type': contentType, 'Content-Encoding': coding });
  void play(streamOf(req.url), res, compressed(res));
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));

function compressed(res: ServerResponse): Parameters<typeof play>[2] {
  const stream = compressor();
  stream.on('data', (bytes: Buffer) => res.write(bytes));
  stream.on('end', () => res.end());
  res.once('close', () => stream.close());
  return {
    write(events, seq) {
      stream.write(frame(events, seq));
      stream.flush(FLUSH);
    },
    end: () => stream.end(),
  };
}
