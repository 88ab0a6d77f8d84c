import type { Mode } from '@tokenwire/protocol';
import { useCallback, useEffect, useReducer, useState } from 'react';
import type { Proof } from '../pane/proof.js';
import type { Settings } from '../settings/settings.js';
import { type Race, keepRace, keptRace, reduceRace, startRace } from './race.js';

/** The race, and what can be done with it. */
export interface UseRace {
  /** Undefined until something was asked. */
  readonly race: Race | undefined;
  /** Of the panes that have ended, by their keys. */
  readonly proofs: ReadonlyMap<string, Proof>;
  /** Asks in all panes, with the settings as they are and these changes to them. */
  readonly ask: (changes?: Partial<Settings>) => void;
  readonly again: (key: string) => void;
  readonly add: (mode: Mode) => void;
  readonly remove: (key: string) => void;
  readonly onProof: (key: string, proof: Proof | undefined) => void;
}

/** Keeps the race of this tab, over a reload too. A tab that was given answers to read begins with them. */
export function useRace(settings: Settings, change: (changes: Partial<Settings>) => void): UseRace {
  const [race, dispatch] = useReducer(reduceRace, undefined, () =>
    settings.read.length > 0 ? startRace(settings, 1) : keptRace(),
  );
  useEffect(() => keepRace(race), [race]);
  const [proofs, setProofs] = useState<ReadonlyMap<string, Proof>>(new Map());
  const onProof = useCallback((key: string, proof: Proof | undefined) => {
    setProofs((before) => {
      const after = new Map(before);
      if (proof) after.set(key, proof);
      else after.delete(key);
      return after;
    });
  }, []);
  return {
    race,
    proofs,
    ask: (changes = {}) => {
      change({ ...changes, read: [] });
      dispatch({ type: 'start', settings: { ...settings, ...changes, read: [] } });
    },
    again: (key) => dispatch({ type: 'again', key }),
    add: (mode) => {
      change({ panes: [...settings.panes, mode] });
      dispatch({ type: 'add', mode });
    },
    remove: (key) => {
      const index = race?.panes.findIndex((pane) => pane.key === key);
      change({ panes: settings.panes.filter((_, place) => place !== index) });
      onProof(key, undefined);
      dispatch({ type: 'remove', key });
    },
    onProof,
  };
}
