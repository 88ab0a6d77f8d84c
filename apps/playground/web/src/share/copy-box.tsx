import { useId, useRef, useState } from 'react';

interface CopyBoxProps {
  /** What it is, for people: the label of the text, and what the button copies. */
  readonly title: string;
  readonly text: string;
  /** Marks it for tests: `data-share`. */
  readonly name: string;
}

/** A text to take away. Where there is no clipboard (a page without TLS), the text is selected instead. */
export function CopyBox({ title, text, name }: CopyBoxProps) {
  const id = useId();
  const box = useRef<HTMLPreElement>(null);
  // About which text something was said: another text is not copied yet.
  const [said, setSaid] = useState({ text: '', words: '' });
  const copy = async (): Promise<void> => {
    setSaid({ text, words: (await copied(text)) ? 'Copied.' : selected(box.current) });
  };
  return (
    <div className="copy-box">
      <div className="copy-box-bar">
        <span id={id}>{title}</span>
        <button type="button" onClick={() => void copy()} aria-describedby={id}>
          Copy
        </button>
        <output>{said.text === text ? said.words : ''}</output>
      </div>
      {/* Scrolls, so it must be reachable with the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role */}
      <pre ref={box} tabIndex={0} role="group" aria-labelledby={id} data-share={name}>
        {text}
      </pre>
    </div>
  );
}

async function copied(text: string): Promise<boolean> {
  try {
    // Missing where the page has come over plain HTTP from another machine.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (!clipboard) return false;
    await clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function selected(box: HTMLElement | null): string {
  if (!box) return '';
  box.focus();
  getSelection()?.selectAllChildren(box);
  return 'There is no clipboard here. The text is selected: copy it with Ctrl+C or ⌘C.';
}
