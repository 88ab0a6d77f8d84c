import { systemClock, type Clock } from '@tokenwire/protocol';
import type { Piece, SourceRequest, TokenSource } from '../src/source.js';

/** A request with every default filled in. */
export function request(fields: Partial<SourceRequest> = {}): SourceRequest {
  return {
    model: 'sim',
    messages: [{ role: 'user', content: 'Hello there' }],
    maxTokens: 256,
    temperature: 0.8,
    seed: 7,
    tools: [],
    thinking: false,
    ...fields,
  };
}

export interface Collected {
  readonly pieces: Piece[];
  readonly batches: (readonly Piece[])[];
  readonly text: string;
  readonly error: unknown;
}

/** Reads an answer to its end. What it throws is returned beside what came before. */
export async function collect(
  source: TokenSource,
  asked: SourceRequest,
  context: { readonly signal?: AbortSignal; readonly clock?: Clock } = {},
): Promise<Collected> {
  const { signal = new AbortController().signal, clock = systemClock } = context;
  const batches: (readonly Piece[])[] = [];
  let error: unknown;
  try {
    for await (const batch of source(asked, { signal, clock })) batches.push(batch);
  } catch (thrown) {
    error = thrown;
  }
  const pieces = batches.flat();
  return { pieces, batches, text: textOf(pieces), error };
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');
}

export function tokensOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : []));
}
