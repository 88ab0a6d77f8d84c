import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { DEFAULT_SETTINGS } from '@tokenwire/server-kit';
import { describe, expect, it } from 'vitest';

import { ABILITIES, CAPABILITIES, type Ability } from '../../src/advise/capabilities.js';
import { HEARTBEAT_SECONDS } from '../../src/advise/configure.js';
import { adviseCommand, readOptions } from '../../src/advise/options.js';
import { advise } from '../../src/advise/rank.js';
import { renderAdvice } from '../../src/advise/render.js';
import { CANDIDATES, DEFAULTS } from '../../src/advise/requirements.js';
import { REPORT } from './fixture.js';

const page = readFileSync(fileURLToPath(new URL('../../../docs/choosing.md', import.meta.url)), 'utf8');
const section = (title: string): string => page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
/** Rows of a section's table, cells trimmed. */
const rowsOf = (title: string): string[][] =>
  [...section(title).matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));

describe('docs/choosing.md', () => {
  it('lists every flag, and no other', () => {
    const listed = rowsOf('Flags').flatMap(([flags = '']) => flags.match(/--[a-z][\w-]*/g) ?? []);
    expect(listed.toSorted()).toEqual(
      adviseCommand()
        .options.map(({ long }) => long ?? '')
        .toSorted(),
    );
  });

  it('names flags that exist wherever it shows the command', () => {
    const lines = [...page.matchAll(/npm run advise -- (.*)/g)].map(([, flags = '']) => flags.split(' '));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(readOptions(line)).toBeDefined();
  });

  it('lists the values and defaults that the command has', () => {
    const rows = rowsOf('Flags').slice(2);
    for (const { long, argChoices, defaultValue } of adviseCommand().options) {
      const [, values = '', stated = ''] = rows.find(([flags = '']) => flags.includes(`\`${long ?? ''}\``)) ?? [];
      for (const choice of argChoices ?? []) expect(values, `${long}`).toContain(`\`${choice}\``);
      if (typeof defaultValue === 'number') expect(stated, `${long}`).toBe(String(defaultValue));
      if (typeof defaultValue === 'string') expect(stated, `${long}`).toBe(`\`${defaultValue}\``);
      if (defaultValue === false) expect(stated, `${long}`).toBe('off');
    }
  });

  it('has the table of facts that the code has', () => {
    const [head, , ...rows] = rowsOf('What no measurement tells');
    const abilities = Object.keys(ABILITIES) as Ability[];
    expect(head).toEqual(['mode', ...Object.values(ABILITIES)]);
    expect(rows.map(([mode]) => mode)).toEqual(CANDIDATES);
    const facts = CANDIDATES.map((mode) => abilities.map((one) => (CAPABILITIES[mode][one].has ? 'yes' : '')));
    expect(rows.map((row) => row.slice(1))).toEqual(facts);
  });

  it('shows what the command prints', () => {
    const shown = /^```\n(.*?)^```$/ms.exec(section('An example'))?.[1];
    const asked = { ...DEFAULTS, proxy: 'nginx', streams: 2_000, resume: 'required' } as const;
    const origin = { path: 'a made-up report', createdAt: '2026-01-02', plan: 'full' };
    expect(shown).toBe(renderAdvice(advise(asked, REPORT), origin));
  });
});

it('points to pages that exist', () => {
  for (const one of [{}, { priority: 'bytes' }, { tabs: 7 }, { serverless: true }] as const) {
    const full = { ...DEFAULTS, ...one, proxy: 'nginx', network: 'satellite' } as const;
    const text = renderAdvice(advise(full, REPORT), { path: 'report.json', createdAt: '', plan: 'full' });
    const pages = /^Read on: (.*)$/m.exec(text)?.[1]?.split(', ') ?? [];
    expect(pages).toHaveLength(4);
    for (const path of pages)
      expect(existsSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url))), path).toBe(true);
  }
});

it('heartbeats come as often as is said', () => {
  expect(HEARTBEAT_SECONDS * 1000).toBe(DEFAULT_SETTINGS.heartbeatMs);
});
