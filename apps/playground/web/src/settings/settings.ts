import { type GenerationRequest, MODES, type Mode } from '@tokenwire/protocol';

/** Tools below the panes. */
export const TOOLS = ['timeline', 'wire', 'break', 'model', 'share'] as const;
export type Tool = (typeof TOOLS)[number];

/** Everything that decides what the page shows. All of it is in the address, behind the `#`, which no server sees. */
export interface Settings {
  readonly prompt: string;
  readonly model: string;
  /** 1 to 20 000. */
  readonly maxTokens: number;
  /** 0 to 2. */
  readonly temperature: number;
  /** 0 to 2³² − 1. The same for all panes, so that they get the same answer. */
  readonly seed: number;
  /** Milliseconds to the first token, 0 to 60 000. */
  readonly ttftMs: number;
  /** 1 to 10 000. */
  readonly tokensPerSecond: number;
  /** 0 to 1, see `Cadence.jitter`. */
  readonly jitter: number;
  /** 1 to 100, see `Cadence.burst`. */
  readonly burst: number;
  /** The panes' modes, 1 to 12; a mode may be there several times. */
  readonly panes: readonly Mode[];
  readonly view: 'text' | 'markdown';
  readonly tool: Tool;
  /** Cursors or ids of answers to read instead of asking, pane by pane: what a second tab shows. Empty: ask. */
  readonly read: readonly string[];
}

export const MAX_PANES = 12;

export const DEFAULTS: Settings = {
  prompt: 'Tell me about lighthouses',
  model: 'tiny',
  maxTokens: 256,
  temperature: 0.8,
  seed: 3,
  ttftMs: 300,
  tokensPerSecond: 25,
  jitter: 0.3,
  burst: 1,
  panes: MODES,
  view: 'text',
  tool: 'timeline',
  read: [],
};

/** Number settings: lowest, highest, whether whole. */
export const RANGES = {
  maxTokens: [1, 20_000, true],
  temperature: [0, 2, false],
  seed: [0, 2 ** 32 - 1, true],
  ttftMs: [0, 60_000, true],
  tokensPerSecond: [1, 10_000, false],
  jitter: [0, 1, false],
  burst: [1, 100, true],
} as const satisfies Partial<Record<keyof Settings, readonly [number, number, boolean]>>;

const MAX_PROMPT = 4_000;
const ID = /^gen_[A-Za-z0-9]{22,64}$/;

/** The fragment for an address, without `#`; what is as by default is left out. */
export function formatSettings(settings: Settings): string {
  const fields = new URLSearchParams();
  for (const [key, value] of Object.entries(settings)) {
    const text = Array.isArray(value) ? value.join(',') : String(value);
    const usual = DEFAULTS[key as keyof Settings];
    if (text !== (Array.isArray(usual) ? usual.join(',') : String(usual))) fields.set(key, text);
  }
  return fields.toString();
}

/** Reads a fragment. It comes from outside, so whatever is not understood is left at its default. */
export function parseSettings(fragment: string): Settings {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const settings: Record<keyof Settings, unknown> = { ...DEFAULTS };
  for (const [key, [low, high, whole]] of Object.entries(RANGES)) {
    const text = fields.get(key);
    const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) settings[key as keyof Settings] = value;
  }
  const prompt = fields.get('prompt');
  if (prompt !== null && prompt.trim() !== '') settings.prompt = prompt.slice(0, MAX_PROMPT);
  const model = fields.get('model');
  if (model !== null && /^[\w./:@-]{1,200}$/.test(model)) settings.model = model;
  const panes = (fields.get('panes') ?? '').split(',').filter((mode): mode is Mode => MODES.includes(mode as Mode));
  if (panes.length > 0) settings.panes = panes.slice(0, MAX_PANES);
  if (fields.get('view') === 'markdown') settings.view = 'markdown';
  const tool = fields.get('tool');
  if (TOOLS.includes(tool as Tool)) settings.tool = tool;
  const read = (fields.get('read') ?? '').split(',');
  settings.read = read.filter((id) => ID.test(id)).slice(0, MAX_PANES);
  return settings as unknown as Settings;
}

/** Alternatives that are reported with each token, where they are asked for. */
const ALTERNATIVES = 10;

/**
 * What every pane asks. With the probabilities an event is ten times as long, so they are asked for only while somebody
 * looks inside the model.
 */
export function requestOf(settings: Settings): GenerationRequest {
  const { prompt, model, maxTokens, temperature, seed, ttftMs, tokensPerSecond, jitter, burst, tool } = settings;
  return {
    model,
    prompt,
    maxTokens,
    temperature,
    seed,
    cadence: { ttftMs, tokensPerSecond, jitter, burst },
    ...(tool === 'model' ? { logprobs: ALTERNATIVES } : {}),
  };
}
