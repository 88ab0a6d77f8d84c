import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** What every lesson file explains, in this order. */
export const HEADINGS = ['HANDSHAKE', 'RESUME', 'FRAMING', 'BACKPRESSURE', 'HEARTBEAT', 'CANCEL', 'END'];

/** The marked headings of a lesson file, as they come. */
export function headingsOf(lesson: URL): string[] {
  return Array.from(readFileSync(lesson, 'utf8').matchAll(/^\s*\/\/ ([A-Z]+) — /gm), ([, heading]) => heading ?? '');
}

/**
 * What a page loads for this client: the package, the kit, the protocol and its dependencies, in bytes of gzip.
 * Packages in `external` are left out, with everything below them: what this one adds for whoever has those.
 */
export async function gzipBytes(entry: URL, external: readonly RegExp[] = []): Promise<number> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@tokenwire/source', 'module', 'browser', 'import', 'default'] },
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      rollupOptions: { external: [...external] },
      // As a script: libraries in ES form keep their white space.
      lib: { entry: fileURLToPath(entry), formats: ['iife'], name: 'client' },
    },
  });
  const [bundle] = Array.isArray(result) ? result : [];
  const code = bundle?.output[0].code ?? '';
  return gzipSync(code, { level: 9 }).byteLength;
}
