import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { PROFILES } from '../../src/networks/profiles.js';
import { configOf, exampleOf } from '../../src/proxies/config.js';
import { PROXIES } from '../../src/proxies/proxies.js';
import type { Program } from '../../src/proxies/proxy.js';
import { REPAIRS } from '../../src/proxies/repairs.js';

const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${name}.md`, import.meta.url)), 'utf8');
const PROGRAMS = Object.keys(REPAIRS) as Program[];
const TITLE = { nginx: 'nginx', haproxy: 'HAProxy', caddy: 'Caddy' } as const;

/** Cells of the rows of the table below a heading. */
function rowsUnder(markdown: string, heading: string): readonly (readonly string[])[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe.each(PROGRAMS)('docs/proxies.md, %s', (program) => {
  const proxies = page('proxies');

  it('shows the very file that is measured and tested', () => {
    expect(proxies).toMatch(new RegExp(`^## ${TITLE[program]}\n`, 'm'));
    const section = proxies.split(/^## /m).find((part) => part.startsWith(`${TITLE[program]}\n`)) ?? '';
    expect(/^```\w+\n(.*?)^```$/ms.exec(section)?.[1]).toBe(exampleOf(program, 'documented'));
  });

  it('says the line for each harm, and there is no other row', () => {
    const lines = rowsUnder(proxies, 'What breaks')
      .filter(([name]) => name === TITLE[program])
      .map(([, , line]) => line);
    const repairs = Object.values(REPAIRS[program]);
    expect(lines).toEqual(repairs.map((repair) => repair.map((line) => `\`${line}\``).join(' ')));
  });

  it('has each of these lines in the documented configuration, and not as shipped', () => {
    const trimmed = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());
    for (const line of Object.values(REPAIRS[program]).flat()) {
      expect(trimmed(exampleOf(program, 'documented'))).toContain(line);
      expect(trimmed(exampleOf(program, 'stock'))).not.toContain(line);
    }
  });
});

it.each(PROXIES.map(({ name, program, variant }) => [name, program, variant] as const))(
  '%s is put on its own port before its own server',
  (_, program, variant) => {
    const config = configOf(program, variant, 50_123, 'http://127.0.0.1:8080');
    expect(config).toContain('50123');
    expect(config).toContain('127.0.0.1:8080');
    expect(config).not.toContain('4000');
    expect(exampleOf(program, variant)).not.toContain('50123');
  },
);

it('docs/networks.md states the profiles that the code has', () => {
  const mbps = (bps: number): string => String(bps / 1e6);
  const expected = PROFILES.map(({ name, title, rttMs, jitterMs, downBps, upBps, loss, source }) => [
    name,
    title,
    `${rttMs} ms`,
    jitterMs === 0 ? '0 ms' : `± ${jitterMs} ms`,
    downBps === 0 ? 'no limit' : `${mbps(downBps)} · ${mbps(upBps)}`,
    `${Number((loss * 100).toFixed(2))} %`,
    source,
  ]);
  expect(rowsUnder(page('networks'), 'Profiles')).toEqual(expected);
});
