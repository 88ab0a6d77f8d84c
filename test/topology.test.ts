import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Who may import whom. Nothing else is allowed, so that no transport ever needs another and clients stay tiny. */
const ALLOWED: Record<string, readonly string[]> = {
  protocol: [],
  'token-source': ['protocol'],
  'generation-log': ['protocol', 'token-source'],
  'server-kit': ['protocol', 'token-source', 'generation-log'],
  'server-chunked': ['protocol', 'generation-log', 'server-kit'],
  'server-sse': ['protocol', 'generation-log', 'server-kit'],
  'server-websocket': ['protocol', 'generation-log', 'server-kit'],
  'server-polling': ['protocol', 'generation-log', 'server-kit'],
  'client-kit': ['protocol'],
  'client-chunked': ['protocol', 'client-kit'],
  'client-sse': ['protocol', 'client-kit'],
  'client-websocket': ['protocol', 'client-kit'],
  'client-polling': ['protocol', 'client-kit'],
  'client-ladder': [
    ...['protocol', 'client-kit'],
    ...['client-chunked', 'client-sse', 'client-websocket', 'client-polling'],
  ],
  // Explores the core in virtual time.
  simulation: ['protocol', 'token-source', 'generation-log', 'client-kit'],
  conformance: ['protocol', 'client-kit', 'client-chunked', 'client-sse', 'client-websocket', 'client-polling'],
  // Looks at streams from outside; its tests start servers as the kit's do.
  doctor: ['protocol', 'conformance'],
  react: ['protocol', 'client-kit'],
  // Knows the standards, and nothing of ours.
  wire: [],
  // The combined server mounts the routers of the four server apps; the page has the clients; between them are faults.
  playground: [
    ...['protocol', 'token-source', 'generation-log', 'server-kit', 'conformance', 'wire'],
    ...['server-chunked', 'server-sse', 'server-websocket', 'server-polling'],
    ...['client-kit', 'client-chunked', 'client-sse', 'client-websocket', 'client-polling', 'react'],
  ],
  benchmarks: [
    ...['protocol', 'wire', 'token-source', 'generation-log', 'server-kit', 'conformance'],
    ...['client-kit', 'client-chunked', 'client-sse', 'client-websocket', 'client-polling'],
  ],
};

const BROWSER = [
  ...['protocol', 'client-kit', 'client-ladder', 'react', 'wire'],
  ...['client-chunked', 'client-sse', 'client-websocket', 'client-polling'],
];

const workspaces = [
  ...['packages', 'apps'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name))),
  'benchmarks',
].filter((folder) => existsSync(join(root, folder, 'package.json')));

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
  };

const nameOf = (folder: string): string => manifestOf(folder).name.replace('@tokenwire/', '');

function sourcesOf(folder: string, ...parts: string[]): string[] {
  return parts.flatMap((part) => {
    const path = join(root, folder, part);
    if (!existsSync(path)) return [];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|tsx|mts)$/.test(file))
      .map((file) => join(path, file));
  });
}

/** Every module that a file imports, re-exports or loads. Statements begin a line, unlike examples in texts. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const forms = [
    /^(?:import|export)\b[^'";]*\bfrom\s*['"]([^'"]+)['"]/gm,
    /^import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ''));
}

test('every workspace has a place in the topology', () => {
  expect(workspaces.map(nameOf).sort()).toEqual(Object.keys(ALLOWED).sort());
});

test.each(workspaces.map((folder) => [nameOf(folder), folder]))('%s imports only what it may', (name, folder) => {
  const files = sourcesOf(folder, 'src', 'test');
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const neighbours = importsOf(file).flatMap((module) => /^@tokenwire\/([^/]+)/.exec(module)?.[1] ?? []);
    for (const neighbour of neighbours) {
      if (neighbour === name) continue;
      expect(ALLOWED[name], `${file} imports @tokenwire/${neighbour}`).toContain(neighbour);
    }
  }
});

test.each(workspaces.map((folder) => [nameOf(folder), folder]))(
  '%s declares what it imports, and nothing else of ours',
  (name, folder) => {
    const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = manifestOf(folder);
    const declared = Object.keys({ ...dependencies, ...devDependencies });
    const allowed = (ALLOWED[name] ?? []).map((neighbour) => `@tokenwire/${neighbour}`);
    expect(allowed).toEqual(expect.arrayContaining(declared.filter((module) => module.startsWith('@tokenwire/'))));
    for (const file of sourcesOf(folder, 'src', join('web', 'src'))) {
      for (const module of importsOf(file)) {
        if (module.startsWith('.') || module.startsWith('node:')) continue;
        const packageName = module.split('/', module.startsWith('@') ? 2 : 1).join('/');
        expect(Object.keys({ ...dependencies, ...peerDependencies }), `${file} imports ${module}`).toContain(
          packageName,
        );
      }
    }
  },
);

test.each(BROWSER)('%s runs in browsers: no Node module in its source', (name) => {
  for (const file of sourcesOf(join('packages', name), 'src')) {
    expect(
      importsOf(file).filter((module) => module.startsWith('node:')),
      file,
    ).toEqual([]);
  }
});

test('the page of the playground imports clients and what runs in browsers, and no server', () => {
  const files = sourcesOf(join('apps', 'playground'), join('web', 'src'));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const ours = importsOf(file).flatMap((module) => /^@tokenwire\/([^/]+)/.exec(module)?.[1] ?? []);
    expect(BROWSER, file).toEqual(expect.arrayContaining(ours));
    const beyond = importsOf(file).filter((module) => module.startsWith('node:') || /\.\.\/src\//.test(module));
    // What page and host say to each other is the one file that both read.
    expect(
      beyond.filter((module) => !module.endsWith('/src/control-protocol.js')),
      file,
    ).toEqual([]);
  }
});

/** Where the core names the computer's own time and chance: the defaults of options, nowhere else. */
const DEFAULTS: Record<string, readonly string[]> = {
  'generation-log': ['random.ts'],
  'client-kit': ['device.ts', 'settings.ts', 'text.ts'],
};

test.each(Object.entries(DEFAULTS))(
  '%s takes time and chance from outside, so that both can be played',
  (name, files) => {
    const system =
      /\b(?:Date\.now|new Date|performance\.|set(?:Timeout|Interval|Immediate)|Math\.random|crypto|AbortSignal\.timeout)\b/;
    const found = sourcesOf(join('packages', name), 'src').filter((file) =>
      system.test(readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')),
    );
    expect(found.map((file) => basename(file)).sort()).toEqual(files);
  },
);
