// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import ReactMarkdown from 'react-markdown';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, test } from 'vitest';
import { Markdown } from '../src/markdown/index.js';
import { Splitter } from '../src/markdown/splitter.js';
import { documentOf } from './support/documents.js';

afterEach(cleanup);

const html = (text: string): string => renderToStaticMarkup(<ReactMarkdown>{text}</ReactMarkdown>);

/** What models write, with what makes splitting hard. */
const ANSWER = `# Title

A paragraph with **bold**
over two lines.

1. First:

   \`\`\`sh
   npm ci

   npm test
   \`\`\`

2. Second, with a list:

   - a

   - b

     more of b

Then \`\`\` is no fence.

\`\`\`\`md
\`\`\`js
const a = 1;

const b = 2;
\`\`\`
\`\`\`\`

> A quote

> Another quote

    indented code

    goes on

* * *

- x
- y

+ another list

<!-- a comment

that goes on -->

The end.`;

describe('pieces', () => {
  test('of what models write', () => {
    const pieces = new Splitter().split(ANSWER);
    expect(pieces.map((piece) => piece.trim().split('\n', 1)[0])).toEqual([
      ...['# Title', 'A paragraph with **bold**', '1. First:', 'Then ``` is no fence.', '````md', '> A quote'],
      ...['> Another quote', '<!-- a comment', 'The end.'],
    ]);
  });

  test.each([
    ['an answer', ANSWER],
    ['lines that end in \\r\\n', ANSWER.replaceAll('\n', '\r\n')],
    ['lines that end in \\r', ANSWER.replaceAll('\n', '\r')],
  ])('mean the same alone as in the whole: %s', (_, text) => {
    expect(new Splitter().split(text).map(html).join('\n')).toBe(html(text));
  });

  test.each([
    ['a list that ends inside of what looks like its fence', '- a\n  ```\ncode\n  ```\ntext\n\nfoo'],
    ['a deep fence that ends with its list', '- a\n  - b\n\n    ```\n    code\n\nfoo'],
    ['code that looks like a deep fence', '- a\n# h\n    ```\n  ```\n\nfoo\n\n```'],
    ['a fence in the line of its item', '- ```\n  code\n\nfoo'],
    ['a comment in the line of its item', '- <!-- a\n\nfoo'],
    ['an item behind code, which the parser takes for text', '\tcode\n\n10. a\n    b'],
    ['a deep line that closes no fence', '1. a\n```\n- b\n    ```\n\n> c'],
    ['a fence inside of HTML', '<div>\n```\n\na\n\n```\n\nb'],
    ['a byte order mark', 'a\n\n\uFEFFb'],
  ])('where it is hard to see: %s', (_, text) => {
    const lines = `${text}\n`;
    expect(new Splitter().split(lines).map(html).join('\n')).toBe(html(lines));
  });

  test('a quote ends with its fence', () => {
    const text = '> ```js\n> a\n\nb\n\n> ```\n> c\n> ```\n\nd\n';
    expect(new Splitter().split(text)).toEqual(['> ```js\n> a\n\n', 'b\n\n', '> ```\n> c\n> ```\n\n', 'd\n']);
    expect(new Splitter().split(text).map(html).join('\n')).toBe(html(text));
  });

  test('of 1 000 documents of odd lines mean the same alone as in the whole', () => {
    let count = 0;
    for (let seed = 0; seed < 1_000; seed += 1) {
      const text = documentOf(seed);
      const pieces = new Splitter().split(text);
      count += pieces.length;
      const alone = pieces.map(html).filter((piece) => piece !== '');
      expect(alone.join('\n'), `seed ${seed}: ${JSON.stringify(text)}`).toBe(html(text));
    }
    // Not splitting at all would be right, too.
    expect(count).toBeGreaterThan(1_150);
  });

  test('are the same in whichever portions the text comes, and what is finished stays', () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const text = documentOf(seed);
      const splitter = new Splitter();
      let finished: readonly string[] = [];
      for (let end = 0; end <= text.length; end += 1 + (seed % 3)) {
        const pieces = splitter.split(text.slice(0, end));
        expect(pieces.join('')).toBe(text.slice(0, end));
        expect(pieces.slice(0, finished.length)).toEqual(finished);
        finished = pieces.slice(0, -1);
      }
      expect(splitter.split(text), `seed ${seed}`).toEqual(new Splitter().split(text));
    }
  });

  test('begin anew with another text', () => {
    const splitter = new Splitter();
    splitter.split(ANSWER);
    expect(splitter.split('a\n\nb')).toEqual(['a\n\n', 'b']);
    expect(splitter.split('a\n\n')).toEqual(['a\n\n']);
    expect(splitter.split('')).toEqual(['']);
  });
});

describe('a growing text', () => {
  test('ends as the same elements as the whole at once', () => {
    const { container, rerender } = render(<Markdown text="" streaming />);
    for (let end = 0; end <= ANSWER.length; end += 3) rerender(<Markdown text={ANSWER.slice(0, end)} streaming />);
    rerender(<Markdown text={ANSWER} />);
    expect(container.innerHTML).toBe(
      `<div>${render(<ReactMarkdown>{ANSWER}</ReactMarkdown>).container.innerHTML}</div>`,
    );
  });

  test('keeps the elements that are there', () => {
    const { container, rerender } = render(<Markdown text={'first\n\nsecond'} streaming />);
    const [first, second] = container.querySelectorAll('p');
    rerender(<Markdown text={'first\n\nsecond *x*\n\nthird'} streaming />);
    rerender(<Markdown text={'first\n\nsecond *x*\n\nthird'} />);
    expect(container.querySelectorAll('p')[0]).toBe(first);
    expect(container.querySelectorAll('p')[1]).toBe(second);
  });

  test('a link by reference works at the end, wherever its address stands', () => {
    const text = 'see [this][1]\n\nmore\n\n[1]: https://host.test/';
    const { container, rerender } = render(<Markdown text={text} streaming />);
    expect(container.querySelector('a')).toBeNull();
    rerender(<Markdown text={text} />);
    expect(container.querySelector('a')?.href).toBe('https://host.test/');
  });

  test('a long piece is shown nearly whole, never less of it than before, and whole at the end', () => {
    const text = Array.from({ length: 3_000 }, (_, i) => `word${i}`).join(' ');
    const { container, rerender } = render(<Markdown text="" streaming />);
    let shown = 0;
    for (let end = 0; end < text.length; end += 401) {
      rerender(<Markdown text={text.slice(0, end)} streaming />);
      const { length } = container.textContent;
      expect(length).toBeGreaterThanOrEqual(Math.max(shown - 1, end * 0.96 - 1));
      shown = length;
    }
    rerender(<Markdown text={text} />);
    expect(container.textContent).toBe(text);
  });
});
