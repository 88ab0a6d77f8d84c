import type { ResumeStorage } from './types.js';

/** What is remembered of an answer over a reload. */
export interface Remembered {
  /** With it the same start can be repeated, if the page was left before the answer had a name. */
  readonly key: string;
  /** The generation, once it is known. */
  readonly id?: string | undefined;
}

/** A place in a storage. Storage that is full, forbidden or missing remembers nothing, and nothing else happens. */
export interface Memory {
  /** What was remembered of this question, and of no other. */
  recall(question: string): Remembered | undefined;
  remember(question: string, what: Remembered): void;
  forget(): void;
}

/** `storage` defaults to `sessionStorage`; without `name` nothing is remembered. */
export function memoryIn(name: string | undefined, storage: ResumeStorage | undefined): Memory {
  function attempt<T>(action: (place: ResumeStorage, at: string) => T): T | undefined {
    if (name === undefined) return undefined;
    try {
      // Reading the property throws where the user has forbidden storage.
      const place = storage ?? (globalThis as { sessionStorage?: ResumeStorage }).sessionStorage;
      return place && action(place, name);
    } catch {
      return undefined;
    }
  }
  return {
    recall: (question) =>
      attempt((place, at) => {
        const entry = JSON.parse(place.getItem(at) ?? 'null') as (Remembered & { question: string }) | null;
        return entry?.question === question && typeof entry.key === 'string' ? entry : undefined;
      }),
    remember(question, what) {
      attempt((place, at) => place.setItem(at, JSON.stringify({ question, ...what })));
    },
    forget() {
      attempt((place, at) => place.removeItem(at));
    },
  };
}
