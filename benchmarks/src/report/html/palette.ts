import type { LabReport, TargetKind } from '../model.js';

/** A colour in light and dark surroundings. */
interface Tone {
  readonly light: string;
  readonly dark: string;
}

/**
 * Colours of targets: those of Okabe and Ito ("Color Universal Design", 2008), which the colour-blind can tell apart,
 * darker or lighter where contrast with the page asks for it. Each mode has the same one everywhere.
 */
const MODES: Readonly<Record<string, Tone>> = {
  chunked: { light: '#0072b2', dark: '#4aa8e0' },
  sse: { light: '#d98200', dark: '#f0a92e' },
  websocket: { light: '#008f68', dark: '#22bd8f' },
  'long-poll': { light: '#b65391', dark: '#dc8fbf' },
  'short-poll': { light: '#c4440a', dark: '#f0763c' },
  batch: { light: '#6b6b76', dark: '#a3a3b0' },
};

const CONTROLS: readonly Tone[] = [
  { light: '#3d4450', dark: '#c9d0dc' },
  { light: '#69727f', dark: '#9aa3b1' },
  { light: '#959dab', dark: '#6f7886' },
];

const PEERS: readonly Tone[] = [
  { light: '#4a93c4', dark: '#8cc9ee' },
  { light: '#857a00', dark: '#d9cc3f' },
  { light: '#6a51a3', dark: '#a893dd' },
  { light: '#8c564b', dark: '#c79488' },
  { light: '#11889a', dark: '#52c5d6' },
  { light: '#a0305a', dark: '#e27ba0' },
  { light: '#5b7a1f', dark: '#a7c964' },
];

/** Symbols of lines, so that colour is never the only difference. Names are those of the charting library. */
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow', 'roundRect'] as const;

/** How a target looks everywhere on the page. */
export interface Look {
  /** A CSS colour: a variable, so that it follows light and dark. */
  readonly colour: string;
  /** Name of the class that sets `--own` to the colour. */
  readonly className: string;
  readonly symbol: (typeof SYMBOLS)[number];
  readonly dash: 'solid' | 'dashed' | 'dotted';
}

/** Gives each target of a report its look: modes theirs, controls greys, peers what is left, in order of appearance. */
export class Palette {
  readonly #looks = new Map<string, Look>();
  readonly #tones = new Map<string, Tone>();

  constructor(report: LabReport) {
    const seen = new Map<string, TargetKind>();
    for (const { target, kind } of [...report.scenarios.flatMap(({ rows }) => rows), ...report.replay])
      if (!seen.has(target)) seen.set(target, kind);
    // Modes first, so that a report without one of them does not shift the symbols of the others.
    for (const mode of Object.keys(MODES)) this.#add(mode, 'ours', MODES[mode]);
    const used = { ours: 0, control: 0, peer: 0 };
    for (const [target, kind] of seen) {
      if (this.#looks.has(target)) continue;
      const tones = kind === 'control' ? CONTROLS : PEERS;
      this.#add(target, kind, tones[used[kind]++ % tones.length]);
    }
  }

  #add(target: string, kind: TargetKind, tone: Tone = CONTROLS[0] as Tone): void {
    const className = `t${this.#looks.size}`;
    const symbol = SYMBOLS[this.#looks.size % SYMBOLS.length] ?? 'circle';
    const dash = kind === 'ours' ? 'solid' : kind === 'control' ? 'dotted' : 'dashed';
    this.#tones.set(className, tone);
    this.#looks.set(target, { className, symbol, dash, colour: `var(--${className})` });
  }

  of(target: string): Look {
    return this.#looks.get(target) ?? { className: '', symbol: 'circle', dash: 'solid', colour: 'var(--muted)' };
  }

  /** Declarations of the variables, for the light or the dark page. */
  variables(scheme: keyof Tone): string {
    return [...this.#tones].map(([name, tone]) => `--${name}:${tone[scheme]};`).join('');
  }

  /** Rules that give an element with a target's class the colour `--own`. */
  classes(): string {
    return [...this.#tones.keys()].map((name) => `.${name}{--own:var(--${name})}`).join('\n');
  }
}
