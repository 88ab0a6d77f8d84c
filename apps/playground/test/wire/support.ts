import { readFileSync } from 'node:fs';

import type { TapPiece } from '../../src/control-protocol.js';

const FIXTURES = new URL('../../../../packages/wire/test/fixtures/', import.meta.url);

/** A piece as the host sends it. */
export function piece(way: TapPiece['way'], text: string, more: Partial<TapPiece> = {}): TapPiece {
  const data = Buffer.from(text, 'utf8').toString('base64');
  return { lane: 'x', connection: 0, way, atMs: 0, data, ...more };
}

/** A real conversation in this mode, as pieces of a tap. */
export function captured(mode: string): readonly TapPiece[] {
  const lines = readFileSync(new URL(`${mode}.jsonl`, FIXTURES), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [way, atMs, text] = JSON.parse(line) as [TapPiece['way'], number, string];
    return { lane: 'x', connection: 0, way, atMs, data: Buffer.from(text, 'latin1').toString('base64') };
  });
}

export const sizeOf = (pieces: readonly TapPiece[], way: TapPiece['way']): number =>
  pieces.filter((one) => one.way === way).reduce((total, { data }) => total + Buffer.from(data, 'base64').length, 0);
