import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RECORDINGS_DIR } from '../src/replay.js';
import { createSources } from '../src/sources.js';
import { collect, request } from './helpers.js';

test('every recording of the package replays to its end', async () => {
  const sources = createSources();
  const files = (await readdir(RECORDINGS_DIR)).sort();
  expect(files.map((file) => `replay/${file.replace('.jsonl', '')}`)).toEqual(
    sources.list().filter((model) => model.startsWith('replay/')),
  );
  expect(files).toContain('hello.jsonl');
  for (const file of files) {
    const asked = request({ cadence: 'instant', maxTokens: 100_000 });
    const { pieces, text, error } = await collect(sources.resolve(`replay/${file.replace('.jsonl', '')}`), asked);
    expect(error).toBeUndefined();
    expect(text.length).toBeGreaterThan(50);
    expect(pieces.at(-1)).toMatchObject({ type: 'end', stopReason: 'end_turn' });
  }
});
