import { formatLine, seededRandom, simPieces } from '@tokenwire/token-source';

import { sha256 } from '../compare/sha256.js';
import type { TraceSummary } from '../raw/manifest.js';
import type { RecordedAnswer } from './recorded.js';

/** What a trace is made of. The same specification makes the same trace, on every machine. */
export interface TraceSpec {
  readonly name: string;
  readonly seed: number;
  /** From 2. */
  readonly tokens: number;
  /** Mean rate after the first token. */
  readonly tokensPerSecond: number;
  /** When the first token is due after the request, in milliseconds. */
  readonly ttftMs: number;
  /** Standard deviation of a gap as a share of its mean; gaps are log-normal. 0 is a metronome. */
  readonly jitter: number;
  /** Tokens that are due in the same instant, default 1: the rate stays the same, the gaps get longer. */
  readonly burst?: number;
  /** Texts and times are those of a recording; nothing is drawn. */
  readonly recorded?: RecordedAnswer;
}

/** One schedule of tokens that every target replays on an absolute timetable. */
export interface Trace extends TraceSummary {
  /** SHA-256 of everything that matters: texts and timetable. */
  readonly sha256: string;
  readonly texts: readonly string[];
}

/** Draws a trace, whose text is that of the model `sim`, one word a token; or takes it from a recording. */
export function makeTrace(spec: TraceSpec): Trace {
  const { name, tokens, tokensPerSecond, recorded } = spec;
  const texts = recorded?.texts ?? textsOf(spec.seed, tokens);
  const offsetsUs = recorded?.offsetsUs ?? timetable(spec, texts.length);
  const textSha256 = sha256(texts.join(''));
  const hash = sha256(JSON.stringify([texts, offsetsUs]));
  const origin = recorded
    ? { seed: null, recording: { name: recorded.name, sha256: recorded.sha256 } }
    : { seed: spec.seed };
  return { name, ...origin, tokens: texts.length, tokensPerSecond, textSha256, offsetsUs, sha256: hash, texts };
}

/** The trace as a recording that the model `replay/<name>` plays. See `docs/replay-format.md`. */
export function recordingOf({ name, texts, offsetsUs }: Trace): string {
  const header = formatLine({
    format: 'tokenwire.replay',
    version: 1,
    model: `trace/${name}`,
    createdAt: new Date(0).toISOString(),
  });
  const lines = texts.map((text, index) =>
    formatLine({ atMs: (offsetsUs[index] ?? 0) / 1000, piece: { type: 'text', text } }),
  );
  const usage = { inputTokens: 0, outputTokens: texts.length };
  const end = { atMs: (offsetsUs.at(-1) ?? 0) / 1000, piece: { type: 'end', stopReason: 'end_turn', usage } } as const;
  return header + lines.join('') + formatLine(end);
}

/** The texts of a trace: those of the model `sim`, one word a token. A pure function of its arguments. */
export function textsOf(seed: number, tokens: number): string[] {
  const request = {
    model: 'sim',
    messages: [{ role: 'user', content: 'Measure' }],
    maxTokens: tokens,
    temperature: 0.8,
    seed,
    tools: [],
    thinking: false,
  } as const;
  return [...simPieces('sim', request)].flatMap((piece) => (piece.type === 'text' ? piece.text : []));
}

function timetable({ seed, tokensPerSecond, ttftMs, jitter, burst = 1 }: TraceSpec, tokens: number): number[] {
  const random = seededRandom(seed ^ 0x5eed);
  const meanUs = (1_000_000 * burst) / tokensPerSecond;
  // Parameters of a log-normal distribution with this mean and this share of it as standard deviation.
  const sigma = Math.sqrt(Math.log(1 + jitter * jitter));
  let atUs = ttftMs * 1000;
  return Array.from({ length: tokens }, (_, index) => {
    if (index > 0 && index % burst === 0) atUs += meanUs * Math.exp(sigma * normal(random) - (sigma * sigma) / 2);
    return Math.round(atUs);
  });
}

/** Box and Muller (1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
