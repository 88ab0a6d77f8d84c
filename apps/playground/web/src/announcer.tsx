import { useCallback, useRef, useState } from 'react';

const EVERY_MS = 1_000;

/**
 * Sentences for those who listen: gathered for a second, so that five panes that end together are one announcement, and
 * never a token.
 */
export function useAnnouncer(): { readonly sentence: string; readonly announce: (sentence: string) => void } {
  const [sentence, setSentence] = useState('');
  const waiting = useRef<string[]>([]);
  const announce = useCallback((text: string) => {
    waiting.current.push(text);
    if (waiting.current.length > 1) return;
    setTimeout(() => {
      setSentence(waiting.current.join(' '));
      waiting.current = [];
    }, EVERY_MS);
  }, []);
  return { sentence, announce };
}

/** Where they are said. */
export function Announcer({ sentence }: { readonly sentence: string }) {
  return (
    <output className="visually-hidden" aria-live="polite" data-announcer>
      {sentence}
    </output>
  );
}
