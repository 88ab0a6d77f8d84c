import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const css = (name: string): string => readFileSync(new URL(`../../web/src/${name}`, import.meta.url), 'utf8');

/** Custom properties of a sheet with colours in hexadecimal, light or dark. */
function coloursOf(sheet: string, dark: boolean): Record<string, string> {
  const [light = '', darker = ''] = sheet.split('@media (prefers-color-scheme: dark)');
  const block = dark ? (darker.split('\n}\n')[0] ?? '') : (light.split('\n}\n')[0] ?? '');
  return Object.fromEntries([...block.matchAll(/(--[\w-]+): (#[\da-f]{6});/g)].map(([, name, value]) => [name, value]));
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Behind lines that go up there is a little of the accent. */
const tinted = (ground: string, accent: string): string =>
  `#${[1, 3, 5]
    .map((at) => [ground, accent].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)))
    .map(([a = 0, b = 0]) =>
      Math.round(a * 0.94 + b * 0.06)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

test.each(['light', 'dark'])('every kind can be read, %s', (scheme) => {
  const theme = coloursOf(css('theme.css'), scheme === 'dark');
  const wire = coloursOf(css('wire/wire.css'), scheme === 'dark');
  const kinds = Object.entries(wire).filter(([name]) => !/fill|mark/.test(name));
  expect(kinds.length).toBe(13);
  const { '--panel': panel = '', '--accent': accent = '', '--muted': muted = '' } = theme;
  for (const [name, colour] of [...kinds, ['--muted', muted] as const]) {
    expect(contrast(colour, panel), name).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour, tinted(panel, accent)), `${name}, up`).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast(wire['--wire-text'] ?? '', wire['--wire-text-mark'] ?? '')).toBeGreaterThanOrEqual(4.5);
  for (const [name, colour] of Object.entries(wire).filter(([one]) => one.includes('fill')))
    expect(contrast(colour, panel), name).toBeGreaterThanOrEqual(3);
});
