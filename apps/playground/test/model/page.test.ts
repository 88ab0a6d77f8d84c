import { readFileSync } from 'node:fs';
import { tinyPieces } from '@tokenwire/token-source';
import { expect, test } from 'vitest';
import { distributionOf, samplerOf } from '../../web/src/model/distribution.js';

const PAGE = readFileSync(new URL('../../../../docs/inside-the-model.md', import.meta.url), 'utf8');

test('the table of temperatures in the docs is what the model says', () => {
  const request = { model: 'tiny', messages: [{ role: 'user' as const, content: 'Tell me about lighthouses' }] };
  const pieces = [
    ...tinyPieces({ ...request, maxTokens: 6, temperature: 0.8, seed: 7, tools: [], thinking: false, logprobs: 10 }),
  ];
  const sixth = pieces[5]?.type === 'text' ? pieces[5].logprobs?.[0] : undefined;
  const rows = [...PAGE.matchAll(/^\| ([\d.]+) \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \|/gm)];
  expect(rows).toHaveLength(5);
  for (const [, temperature, ...shares] of rows) {
    const { candidates } = distributionOf(sixth!, 5, Number(temperature), samplerOf('tiny'));
    expect(candidates.slice(0, 3).map(({ token }) => token)).toEqual([' a', ' so', ' the']);
    expect(candidates.slice(0, 3).map(({ share }) => (share * 100).toFixed(1))).toEqual(shares);
  }
});
