import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { type Rolldown, build } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';

const playground = fileURLToPath(new URL('..', import.meta.url));

/** Client packages: each costs a page less than this, compressed. */
const CLIENT_LIMIT_BYTES = 5_000;
/** What the page needs before anything can be asked, and with every tool opened, compressed. */
const FIRST_LIMIT_BYTES = 110_000;
const WHOLE_LIMIT_BYTES = 220_000;

const CLIENTS = ['client-kit', 'client-chunked', 'client-sse', 'client-websocket', 'client-polling'];

describe('the JavaScript that the page is', () => {
  let chunks: readonly Rolldown.OutputChunk[];

  beforeAll(async () => {
    const result = await build({
      root: `${playground}web`,
      configFile: `${playground}vite.config.ts`,
      logLevel: 'error',
      build: { write: false },
    });
    const outputs = Array.isArray(result) ? result : [result as Rolldown.RolldownOutput];
    chunks = outputs.flatMap(({ output }) => output.filter((file) => file.type === 'chunk'));
  });

  const gzip = (text: string): number => gzipSync(text, { level: 9 }).byteLength;
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

  /** The modules of one of our packages, as they stand in the bundle, compressed together. */
  function shareOf(name: string): number {
    const modules = chunks.flatMap(({ modules }) => Object.entries(modules));
    const own = modules.filter(([id]) => id.includes(`/packages/${name}/`)).map(([, { code }]) => code ?? '');
    return gzip(own.join('\n'));
  }

  test.each(CLIENTS)('%s has a share of less than 5 KB', (name) => {
    const bytes = shareOf(name);
    // An empty share would mean that the bundle is read wrongly.
    expect(bytes).toBeGreaterThan(300);
    expect(bytes).toBeLessThan(CLIENT_LIMIT_BYTES);
  });

  test('what is loaded at once, and what with every tool opened, stays small', () => {
    const entry = chunks.find(({ isEntry }) => isEntry);
    const first = new Set<string>();
    const visit = (fileName: string): void => {
      if (first.has(fileName)) return;
      first.add(fileName);
      for (const imported of chunks.find((chunk) => chunk.fileName === fileName)?.imports ?? []) visit(imported);
    };
    visit(entry?.fileName ?? '');
    const sizes = new Map(chunks.map(({ fileName, code }) => [fileName, gzip(code)]));
    const atOnce = sum([...first].map((fileName) => sizes.get(fileName) ?? 0));
    const whole = sum([...sizes.values()]);
    process.stdout.write(`the page: ${atOnce} B at once, ${whole} B with every tool, gzip\n`);
    expect(atOnce).toBeGreaterThan(50_000);
    expect(atOnce).toBeLessThan(FIRST_LIMIT_BYTES);
    expect(whole).toBeLessThan(WHOLE_LIMIT_BYTES);
  });
});
