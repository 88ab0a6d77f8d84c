import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { type Rolldown, build } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';

const playground = fileURLToPath(new URL('..', import.meta.url));
const pageText = readFileSync(new URL('../../../docs/playground.md', import.meta.url), 'utf8');

/** Client packages with what they bring along: each adds less than this to a page, compressed. */
const CLIENT_LIMIT_BYTES = 5_000;
/** What all of them share is there once: reconnecting, resuming, watching, stopping. */
const KIT_LIMIT_BYTES = 6_000;
const CLIENTS = ['client-kit', 'client-chunked', 'client-sse', 'client-websocket', 'client-polling'];

/** What the page needs before anything can be asked, compressed. React is most of it. */
const FIRST_LIMIT_BYTES = 110_000;

/** What is loaded when it is wanted: title in the documentation, and the module. */
const LATER = {
  Timeline: 'src/timeline/timeline.tsx',
  'On the wire': 'src/wire/wire-tool.tsx',
  'Break it': 'src/break/break-tool.tsx',
  'Inside the model': 'src/model/model-tool.tsx',
  Share: 'src/share/share-tool.tsx',
  Markdown: '/markdown/index.js',
};

const gzip = (text: string | Buffer): number => gzipSync(text, { level: 9 }).byteLength;

interface Manifest {
  readonly [module: string]: { readonly file: string; readonly imports?: readonly string[] };
}

describe('the JavaScript that the page is', () => {
  const dist = `${playground}dist/web/`;
  const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8')) as Manifest;
  /** Minified bytes of each client package, as the page has it. */
  let shares: ReadonlyMap<string, number>;

  beforeAll(async () => {
    shares = await buildShares();
  });

  /** The same page, with each client package in a file of its own, so that it can be weighed. */
  async function buildShares(): Promise<ReadonlyMap<string, number>> {
    // A file has what its modules need as well, unless that has a file of its own that was chosen before.
    const groups = ['protocol', ...CLIENTS].map((name, index) => ({
      name,
      test: new RegExp(`/packages/${name}/`),
      priority: CLIENTS.length + 1 - index,
    }));
    const result = (await build({
      root: `${playground}web`,
      configFile: `${playground}vite.config.ts`,
      logLevel: 'error',
      build: { write: false, rolldownOptions: { output: { codeSplitting: { groups } } } },
    })) as Rolldown.RolldownOutput;
    const chunks = result.output.filter((file) => file.type === 'chunk');
    return new Map(chunks.map(({ name, code }) => [name, gzip(code)]));
  }

  /** Bytes of gzip of everything that a module needs, itself included. */
  function loadedWith(module: string): number {
    const files = new Set<string>();
    const load = (name: string): void => {
      const { file, imports = [] } = manifest[name] ?? { file: '' };
      if (file === '' || files.has(file)) return;
      files.add(file);
      for (const imported of imports) load(imported);
    };
    const name = Object.keys(manifest).find((key) => key.endsWith(module));
    expect(name, `no file for ${module}`).toBeDefined();
    load(name ?? '');
    return [...files].reduce((total, file) => total + gzip(readFileSync(dist + file)), 0);
  }

  test.each(CLIENTS)('the share of %s is small', (name) => {
    const bytes = shares.get(name) ?? 0;
    // An empty share would mean that the bundle is read wrongly.
    expect(bytes).toBeGreaterThan(300);
    expect(bytes).toBeLessThan(name === 'client-kit' ? KIT_LIMIT_BYTES : CLIENT_LIMIT_BYTES);
  });

  test('docs/playground.md states what is delivered', () => {
    const atOnce = loadedWith('index.html');
    const own = CLIENTS.map((name) => [`of it, \`${name}\``, shares.get(name) ?? 0] as const);
    const later = Object.entries(LATER).map(([title, module]) => [title, loadedWith(module) - atOnce] as const);
    const rows = [['at once, with all five clients', atOnce] as const, ...own, ...later];
    const table = rows.map(([name, bytes]) => `| ${name} | ${(bytes / 1000).toFixed(1)} |`).join('\n');
    const stated = new Map(
      [...pageText.matchAll(/^\| (.+?) \| ([\d.]+) \|$/gm)].map(([, name, size]) => [name, Number(size) * 1000]),
    );
    for (const [name, bytes] of rows) {
      // Libraries differ a little from release to release, and so does gzip between releases of Node.
      const difference = Math.abs((stated.get(name) ?? 0) - bytes);
      expect(difference, `the table should say\n${table}\n`).toBeLessThan(200 + 0.03 * bytes);
    }
    expect(atOnce).toBeLessThan(FIRST_LIMIT_BYTES);
  });
});
