import { useSyncExternalStore } from 'react';
import type { PaneHandle } from './handle.js';

/** The panes that are on the page, in their order. */
export class PaneRegistry {
  #panes: readonly PaneHandle[] = [];
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly all = (): readonly PaneHandle[] => this.#panes;

  /** Puts a pane in its place, instead of the one of the same key. Gives the function that takes it away. */
  add(place: number, handle: PaneHandle): () => void {
    const others = this.#panes.filter(({ key }) => key !== handle.key);
    this.#set([...others.slice(0, place), handle, ...others.slice(place)]);
    return () => this.#set(this.#panes.filter((pane) => pane !== handle));
  }

  #set(panes: readonly PaneHandle[]): void {
    this.#panes = panes;
    for (const listener of this.#listeners) listener();
  }
}

/** The panes, rendered again when one comes, goes or begins another answer. */
export function usePanes(registry: PaneRegistry): readonly PaneHandle[] {
  return useSyncExternalStore(registry.subscribe, registry.all, registry.all);
}
