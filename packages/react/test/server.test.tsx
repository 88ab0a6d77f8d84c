import { renderToString } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { Markdown } from '../src/markdown/index.js';
import { useTokenStream } from '../src/index.js';

test('on a server nothing is asked, nothing is remembered, and what is rendered is the idle answer', () => {
  expect(globalThis).not.toHaveProperty('window');
  const open = vi.fn();
  const storage = { getItem: vi.fn(), setItem: vi.fn(), removeItem: vi.fn() };
  function Page() {
    const { status, text } = useTokenStream(open, { prompt: 'x' }, { url: '/', resumeKey: 'answer', storage });
    return (
      <p>
        {status}:{text}
      </p>
    );
  }
  expect(renderToString(<Page />).replaceAll('<!-- -->', '')).toBe('<p>idle:</p>');
  expect(open).not.toHaveBeenCalled();
  for (const call of Object.values(storage)) expect(call).not.toHaveBeenCalled();
});

test('Markdown is rendered on a server', () => {
  expect(renderToString(<Markdown text={'# a\n\nb'} />)).toContain('<h1>a</h1>');
});
