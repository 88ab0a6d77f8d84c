import { createBrotliDecompress, createGunzip, createInflate, constants } from 'node:zlib';

/** What we say we understand. Not zstd: Node 20 does not know it, and what cannot be read cannot be judged. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** Takes bytes as they come, gives what they mean as soon as it is known. */
export interface Decoder {
  write(bytes: Uint8Array): void;
  /** No more bytes follow; `done` is called when the last of the content has been given. */
  end(done: () => void): void;
  destroy(): void;
}

/**
 * A decoder for a `Content-Encoding`. Identity costs no turn of the event loop, so times stay exact.
 * @returns undefined for an encoding that was not asked for.
 */
export function decoderFor(
  encoding: string,
  onContent: (bytes: Uint8Array) => void,
  onError: (message: string) => void,
): Decoder | undefined {
  if (encoding === '' || encoding === 'identity') {
    return { write: onContent, end: (done) => done(), destroy: () => {} };
  }
  const stream = decompressor(encoding);
  if (stream === undefined) return undefined;
  // After an error, or once nobody wants more.
  let over = false;
  stream.on('data', onContent);
  stream.on('error', (error) => {
    if (!over) onError(error.message);
    over = true;
  });
  return {
    write: (bytes) => void (over || stream.write(bytes)),
    end: (done) => {
      if (over || stream.destroyed) return done();
      stream.once('close', done);
      stream.end();
    },
    destroy: () => {
      over = true;
      stream.destroy();
    },
  };
}

function decompressor(encoding: string) {
  // Give out what there is after each piece, as a browser does.
  const flush = constants.Z_SYNC_FLUSH;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip({ flush });
  if (encoding === 'deflate') return createInflate({ flush });
  if (encoding === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH });
  return undefined;
}
