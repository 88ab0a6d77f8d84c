import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { REQUIREMENTS } from '@tokenwire/conformance';
import { DEFAULT_SETTINGS, parseRequest, readConfig } from '@tokenwire/server-kit';
import { describe, expect, test } from 'vitest';

const page = fileURLToPath(new URL('../docs/delivery.md', import.meta.url));
const markdown = readFileSync(page, 'utf8');
const ids = new Set(REQUIREMENTS.map(({ id }) => id));

/** The tables whose rows must be proven, by heading; the proof is in the last column. */
const PROVEN = ['Promises', 'Network', 'Client', 'Server and log', 'Upstream model'];

/** Rows of the first table below a heading. */
function rowsUnder(heading: string): string[][] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const rows = PROVEN.flatMap((heading) => rowsUnder(heading).map((cells) => ({ fault: cells[0] ?? '', cells })));

/** Titles of tests that a proof names, with the file they are in. */
function linksIn(proof: string): { readonly title: string; readonly file: string }[] {
  return [...proof.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, title = '', path = '']) => ({
    title,
    file: resolve(dirname(page), path),
  }));
}

const idsIn = (proof: string): string[] => [...proof.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id);

describe('docs/delivery.md', () => {
  test.each(PROVEN)('has a table of %s', (heading) => {
    expect(rowsUnder(heading).length).toBeGreaterThan(5);
  });

  test.each(rows)('"$fault" has a proof, and it exists', ({ cells }) => {
    const proof = cells.at(-1) ?? '';
    const [named, linked] = [idsIn(proof), linksIn(proof)];
    expect(named.length + linked.length).toBeGreaterThan(0);
    for (const id of named) expect(ids, id).toContain(id);
    for (const { title, file } of linked) expect(readFileSync(file, 'utf8'), file).toContain(title);
    expect(proof.replaceAll(/`[^`]+`|\[[^\]]+\]\([^)]+\)/g, '').trim(), 'nothing but proofs').toBe('');
  });

  test('states the times that the code has', () => {
    const stated = new Map(rowsUnder('Times').map(([what = '', value]) => [what, value]));
    const config = readConfig('docs', 0, []);
    const { onDisconnect } = parseRequest({ prompt: 'x' });
    const seconds = (ms: number): string => `${ms / 1000} s`;
    const expected: Record<string, string> = {
      'sign of life on a quiet stream': seconds(DEFAULT_SETTINGS.heartbeatMs),
      'client: silence until a connection counts as dead': seconds(2.5 * DEFAULT_SETTINGS.heartbeatMs),
      'a reader that takes nothing is dropped after': seconds(DEFAULT_SETTINGS.writeStallMs),
      'grace without a reader': seconds(typeof onDisconnect === 'object' ? onDisconnect.graceMs : 0),
      'an answer can be read after its end for': `${config.retentionMs / 60_000} min`,
      'silence of a model until its answer has failed': seconds(config.upstreamContentIdleMs),
      'running answers may go on after SIGTERM for': seconds(config.drainMs),
    };
    for (const [what, value] of Object.entries(expected)) expect(stated.get(what), what).toBe(value);
  });
});
