// @vitest-environment happy-dom
import { act, render, renderHook } from '@testing-library/react';
import { StrictMode } from 'react';
import { expect, test } from 'vitest';
import { useTokenStream } from '../src/index.js';
import { START, STOP, fakeTransport, log, text } from './support/fake.js';

const url = 'http://host.test';

test('an answer', async () => {
  const fake = fakeTransport();
  const { result } = renderHook(() => useTokenStream(fake.open, { prompt: 'x' }, { url }), { wrapper: StrictMode });
  expect(fake.opened).toHaveLength(1);
  await act(async () => {
    fake.last.accept();
    fake.last.say(...log(START, text('one '), text('two'), STOP));
  });
  expect(result.current).toMatchObject({ status: 'completed', text: 'one two' });
  expect(fake.opened).toHaveLength(1);
});
