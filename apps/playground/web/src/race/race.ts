import type { GenerationRequest, Mode } from '@tokenwire/protocol';
import { type Settings, requestOf } from '../settings/settings.js';

/** One pane of a race. */
export interface RacePane {
  /** Never changes while the page is open. */
  readonly key: string;
  /** The mode to begin with. */
  readonly mode: Mode;
  /** Reads this answer instead of asking. */
  readonly after?: string;
  /** Begins with a run of its own: asked again, or added in mid-race. */
  readonly run: number;
}

/** The same request, asked by every pane. */
export interface Race {
  readonly request: GenerationRequest;
  readonly panes: readonly RacePane[];
  /** Counts everything that was ever begun on this page, so that no two answers have the same name. */
  readonly runs: number;
}

export type RaceAction =
  | { readonly type: 'start'; readonly settings: Settings }
  | { readonly type: 'again'; readonly key: string }
  | { readonly type: 'add'; readonly mode: Mode }
  | { readonly type: 'remove'; readonly key: string };

export function reduceRace(race: Race | undefined, action: RaceAction): Race | undefined {
  if (action.type === 'start') return startRace(action.settings, (race?.runs ?? 0) + 1);
  if (!race) return race;
  const runs = race.runs + 1;
  switch (action.type) {
    case 'again':
      return { ...race, runs, panes: race.panes.map((pane) => (pane.key === action.key ? asked(pane, runs) : pane)) };
    case 'add':
      return { ...race, runs, panes: [...race.panes, { key: `p${runs}x`, mode: action.mode, run: runs }] };
    case 'remove':
      return { ...race, panes: race.panes.filter(({ key }) => key !== action.key) };
  }
}

/** The panes that the settings want, each with the answer it is to read, if there is one. */
export function startRace(settings: Settings, run: number): Race {
  const panes = settings.panes.map((mode, index): RacePane => {
    const id = settings.read[index];
    return { key: `p${index}`, mode, run, ...(id === undefined ? {} : { after: `${id}.0` }) };
  });
  return { request: requestOf(settings), panes, runs: run };
}

function asked({ key, mode }: RacePane, run: number): RacePane {
  return { key, mode, run };
}

const STORED = 'tokenwire.race';

/** Keeps the race for a reload of this tab; without a storage it is simply forgotten. */
export function keepRace(race: Race | undefined): void {
  try {
    if (race) sessionStorage.setItem(STORED, JSON.stringify(race));
    else sessionStorage.removeItem(STORED);
  } catch {
    // Full, or forbidden: the page works without.
  }
}

/** The race of before the reload. It was written by this page, but a storage is no promise: a broken one is no race. */
export function keptRace(): Race | undefined {
  try {
    const race = JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as Race | null;
    return race && Array.isArray(race.panes) && typeof race.runs === 'number' ? race : undefined;
  } catch {
    return undefined;
  }
}
