import { useState } from 'react';
import { PlainText } from './plain-text.js';
import { WordCount } from './word-count.js';

interface ThinkingProps {
  readonly thinking: string;
  readonly done: boolean;
}

/** What a model thinks before it answers, collapsed; its summary says how much there is. */
export function Thinking({ thinking, done }: ThinkingProps) {
  // Changed during render, which is safe: for the same text it gives the same number, whatever it was asked before.
  const [words] = useState(() => new WordCount());
  const count = words.of(thinking);
  const amount = `${count} ${count === 1 ? 'word' : 'words'}`;
  return (
    <details className="thinking" data-block="thinking">
      <summary>{done ? `Thought, ${amount}` : `Thinking, ${amount}…`}</summary>
      <PlainText text={thinking} />
    </details>
  );
}
