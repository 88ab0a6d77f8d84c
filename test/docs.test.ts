import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { COMBINED_PORT, SERVER_ERRORS, TRANSPORTS } from '@tokenwire/protocol';
import {
  DEFAULT_SETTINGS,
  MAX_BODY_BYTES,
  MAX_WAIT_SECONDS,
  parseRequest,
  POLL_LEASE_MS,
  readConfig,
} from '@tokenwire/server-kit';
import { DEFAULT_UPSTREAM_LIMITS } from '@tokenwire/token-source';
import { describe, expect, test } from 'vitest';

import { tryLines } from '../scripts/try-lines.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readRoot = (path: string): string => readFileSync(join(root, path), 'utf8');

/** All pages: root, docs and the workspaces' own. */
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...markdownIn('docs'),
  ...['packages', 'apps']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}/README.md`))
    .filter((path) => existsSync(join(root, path))),
];

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
    .sort();
}

/** Fenced blocks of a page, with their language. */
function blocksOf(markdown: string): { readonly language: string; readonly code: string }[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({ language, code }));
}

const withoutBlocks = (markdown: string): string => markdown.replaceAll(/^```.*?^```$/gms, '');

/** The anchors of a page, as GitHub makes them from its headings. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(markdown).matchAll(/^#{1,6} +(.+?)\s*$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-');
    let unique = slug;
    for (let n = 1; anchors.has(unique); n += 1) unique = `${slug}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Rows of the first table below a heading, cells trimmed and without backticks. */
function tableUnder(markdown: string, heading: string): string[][] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const table = /^\|.*\n\|[ :|-]+\n((?:\|.*(?:\n|$))*)/m.exec(section)?.[1] ?? '';
  return table
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.replaceAll('`', '').trim()),
    );
}

describe.each(PAGES)('%s', (page) => {
  const markdown = readRoot(page);

  test('has only links that lead somewhere', () => {
    const broken: string[] = [];
    for (const [, target = ''] of withoutBlocks(markdown).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(root, page) : resolve(root, dirname(page), path);
      if (!existsSync(file)) broken.push(target);
      else if (anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).has(anchor)) broken.push(target);
    }
    expect(broken).toEqual([]);
  });

  test('names only npm scripts that exist', () => {
    const scriptsOf = (folder: string): string[] => {
      const manifest = JSON.parse(readRoot(join(folder, 'package.json'))) as { scripts?: Record<string, string> };
      return Object.keys(manifest.scripts ?? {});
    };
    const unknown: string[] = [];
    for (const [whole, name = '', workspace] of markdown.matchAll(
      /\bnpm run (?:--silent )?([\w:-]+)(?: -w @tokenwire\/([\w-]+))?/g,
    )) {
      const folder =
        ['packages', 'apps', '.']
          .map((parent) => join(parent, workspace ?? ''))
          .find((one) => existsSync(join(root, one, 'package.json'))) ?? '.';
      if (!scriptsOf(folder).includes(name)) unknown.push(whole);
    }
    if (/\bnpm start\b/.test(markdown)) expect(scriptsOf('.')).toContain('start');
    expect(unknown).toEqual([]);
  });

  test('fits on few screens', () => {
    const most = page === 'README.md' ? 100 : page === 'docs/protocol.md' ? 260 : 160;
    expect(markdown.split('\n').length).toBeLessThanOrEqual(most);
  });
});

describe('docs/protocol.md', () => {
  const protocol = readRoot('docs/protocol.md');

  test('lists every error as the code has it', () => {
    const rules = Object.entries(SERVER_ERRORS).map(([code, rule]) => [
      code,
      String(rule.http),
      'close' in rule ? String(rule.close) : '',
      rule.retryable ? 'yes' : 'no',
    ]);
    expect(tableUnder(protocol, 'Errors')).toEqual(rules);
  });

  test('states the defaults that the code has', () => {
    const stated = new Map(tableUnder(protocol, 'Limits and defaults').map(([what, value]) => [what, value]));
    const seconds = (ms: number): string => `${ms / 1000} s`;
    const config = readConfig('docs', 0, []);
    const { connectMs, firstTokenMs, contentIdleMs, totalMs } = DEFAULT_UPSTREAM_LIMITS;
    const expected: Record<string, string> = {
      heartbeat: seconds(DEFAULT_SETTINGS.heartbeatMs),
      'write stall until a reader is dropped': seconds(DEFAULT_SETTINGS.writeStallMs),
      'nextPollMs of short polls': `${DEFAULT_SETTINGS.nextPollMs} ms`,
      'page of a poll': `${DEFAULT_SETTINGS.pollPageBytes / 1024} KiB`,
      'longest wait': `${MAX_WAIT_SECONDS} s`,
      'poller counts as a reader after an answer': seconds(POLL_LEASE_MS),
      drain: seconds(config.drainMs),
      'retention after the end': `${config.retentionMs / 60_000} min`,
      'all logs together': `${config.retentionBytes / 2 ** 20} MiB, oldest finished first, running never`,
      'running generations': `${config.maxRunning}, then 503 overloaded`,
      'running generations per user': `${config.maxRunningPerUser}, then 429 rate_limited; without users there is no such cap`,
      connections: `${config.maxConnections}, then 503 overloaded`,
      'new streams': `${config.streamsBurst} at once, then ${config.streamsPerSecond} per second, then 503 overloaded or close 1013`,
      'request body': `${MAX_BODY_BYTES / 1024} KiB`,
      'upstream connect · first token · idle · total': [
        ...[connectMs, firstTokenMs, contentIdleMs].map(seconds),
        `${totalMs / 60_000} min`,
      ].join(' · '),
    };
    for (const [what, value] of Object.entries(expected)) expect(stated.get(what), what).toBe(value);
  });

  test('states the defaults of a request that the code fills in', () => {
    const { model, maxTokens, temperature, tools, thinking, onDisconnect } = parseRequest({ prompt: 'x' });
    const stated = new Map(tableUnder(protocol, 'Request').map(([field, , value]) => [field, value]));
    expect(stated.get('model')).toBe(model);
    expect(stated.get('maxTokens · temperature · seed')).toBe(`${maxTokens} · ${temperature} · random`);
    expect(stated.get('tools')).toBe(JSON.stringify(tools));
    expect(stated.get('thinking · logprobs')).toBe(`${thinking} · none`);
    expect(onDisconnect).toEqual({ graceMs: 30_000 });
    expect(stated.get('onDisconnect')).toBe('30 s of grace');
  });

  test('has every section that requirements come from', () => {
    const source = readRoot('packages/conformance/src/requirement.ts');
    const union = /export type Section =([^;]+);/.exec(source)?.[1] ?? '';
    const sections = [...union.matchAll(/'([\w-]+)'/g)].map((match) => match[1] ?? '');
    expect(sections.length).toBeGreaterThan(0);
    expect([...anchorsOf(protocol)]).toEqual(expect.arrayContaining(sections));
  });
});

describe('docs/operating.md', () => {
  const operating = readRoot('docs/operating.md');

  test('lists every flag with its default', () => {
    const config = readConfig('docs', 0, []);
    const named = (flag: string) =>
      flag.replace('--', '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const stated = new Map(tableUnder(operating, 'Options').map(([flag = '', , value]) => [named(flag), value]));
    const { port: _, timing, users, allowOrigin, ...rest } = config;
    expect(stated.get('timing')).toBe(timing ? 'on' : 'off');
    expect([stated.get('users'), users]).toEqual(['none', undefined]);
    expect([stated.get('allowOrigin'), allowOrigin]).toEqual(['none', []]);
    for (const [name, value] of Object.entries(rest)) expect(stated.get(name), name).toBe(String(value));
    expect([...stated.keys()].sort()).toEqual(Object.keys(config).sort());
  });

  test('lists the default ports', () => {
    const ports = Object.entries(TRANSPORTS).map(([name, { defaultPort }]) => [name, String(defaultPort)]);
    expect(tableUnder(operating, 'Start').map(([name = '', port]) => [name.split(' ')[0], port])).toEqual([
      ['all', String(COMBINED_PORT)],
      ...ports,
    ]);
  });
});

test('the transport pages show the curl lines that npm start prints', () => {
  const { chunked, sse, websocket, ...polling } = tryLines();
  expect(readRoot('docs/transports/chunked.md')).toContain(chunked);
  expect(readRoot('docs/transports/sse.md')).toContain(sse);
  expect(readRoot('docs/transports/websocket.md')).toContain(websocket);
  for (const line of Object.values(polling)) expect(readRoot('docs/transports/polling.md')).toContain(line);
});

test('every TypeScript snippet is a module that compiles', async () => {
  // Inside `node_modules`, where nothing else looks, and from where the workspaces resolve as in a user's project.
  const folder = join(root, 'node_modules/.cache/docs-snippets');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = PAGES.flatMap((page) =>
    blocksOf(readRoot(page))
      .filter(({ language }) => language === 'ts' || language === 'tsx')
      .map(({ language, code }, index) => {
        expect(code, `${page}, snippet ${index + 1} imports nothing`).toMatch(/^import /m);
        const file = `${page.replaceAll(/[/\\]/g, '--')}--${index + 1}.${language}`;
        writeFileSync(join(folder, file), code);
        return file;
      }),
  );
  expect(files.length).toBeGreaterThan(10);
  const config = {
    extends: relative(folder, join(root, 'tsconfig.base.json')),
    compilerOptions: { types: ['node'], jsx: 'react-jsx', noEmit: true, declaration: false, sourceMap: false },
    files,
  };
  // Makes them modules: one further up does not count in `node_modules`.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const run = promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  const output = await run.then(
    () => '',
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  expect(output).toBe('');
});

test('no page is empty, and none names a place on somebody’s machine', () => {
  for (const page of PAGES) {
    expect(statSync(join(root, page)).size, page).toBeGreaterThan(100);
    expect(readRoot(page), page).not.toMatch(/\/(?:home|Users|root|work|tmp)\//);
  }
});
