// @vitest-environment happy-dom
import type { AnswerBlock } from '@tokenwire/react';
import { act } from 'react';
import { type Root, createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StructuredAnswer } from '../../web/src/answer/structured-answer.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let place: HTMLElement;
let root: Root;
beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
});

const text = (value: string, done = false): AnswerBlock => ({ index: 0, type: 'text', text: value, done });
function show(blocks: readonly AnswerBlock[], streaming = true, view: 'text' | 'markdown' = 'text'): void {
  act(() => root.render(<StructuredAnswer blocks={blocks} streaming={streaming} view={view} />));
}
const block = (type: AnswerBlock['type']): HTMLElement => place.querySelector(`[data-block="${type}"]`)!;

const HOSTILE =
  '<script>globalThis.hacked = 1</script><img src=x onerror="hacked=1">&amp;\0\u001b[31m\ud800 \u202eabc\r\n';

describe('a block of text', () => {
  test('is text, whatever is in it', () => {
    show([text(HOSTILE)]);
    expect(block('text').textContent).toBe(HOSTILE);
    expect(place.querySelector('script, img')).toBeNull();
  });

  test('that grows leaves the nodes of its beginning alone', () => {
    const words = 'A lighthouse stands where the land ends. '.repeat(400);
    show([text(words)]);
    const [first, ...others] = block('text').querySelectorAll('span');
    expect(others.length).toBeGreaterThan(5);
    const changed: Node[] = [];
    const observer = new MutationObserver((records) => changed.push(...records.map(({ target }) => target)));
    observer.observe(place, { subtree: true, childList: true, characterData: true });
    for (let more = 1; more <= 3; more += 1) show([text(words + ' more'.repeat(more))]);
    const records = observer.takeRecords();
    observer.disconnect();
    for (const { target } of records) changed.push(target);
    expect(changed.length).toBeGreaterThan(0);
    for (const node of changed) expect(others.at(-1)?.contains(node)).toBe(true);
    expect(block('text').querySelector('span')).toBe(first);
    expect(block('text').textContent).toBe(`${words} more more more`);
  });

  test('is replaced as a whole by another answer', () => {
    show([text('a '.repeat(5_000))]);
    show([text('b '.repeat(6_000))]);
    expect(block('text').textContent).toBe('b '.repeat(6_000));
  });

  test('as Markdown is formatted, and stays harmless', async () => {
    // The parser is loaded when it is first wanted; until then the plain text is there.
    show([text('# Title\n\nSome **bold** words.', true)], false, 'markdown');
    expect(block('text').textContent).toBe('# Title\n\nSome **bold** words.');
    await act(() => import('@tokenwire/react/markdown'));
    expect(block('text').querySelector('strong')?.textContent).toBe('bold');
    show([text('<img src=x onerror=hacked=1> **bold** [x](javascript:hacked)', true)], false, 'markdown');
    expect(place.querySelector('img, a[href^="javascript"]')).toBeNull();
  });
});

describe('thinking', () => {
  const thinking = (value: string, done: boolean): AnswerBlock => ({
    index: 0,
    type: 'thinking',
    thinking: value,
    done,
  });

  test('is collapsed, and its summary says how much there is', () => {
    show([thinking('', false)]);
    const details = block('thinking') as HTMLDetailsElement;
    expect(details.open).toBe(false);
    const summary = (): string | null => details.querySelector('summary')!.textContent;
    expect(summary()).toBe('Thinking, 0 words…');
    show([thinking('Hm.', false)]);
    expect(summary()).toBe('Thinking, 1 word…');
    show([thinking('Hm. <b>What</b> is this?', true)]);
    expect(summary()).toBe('Thought, 4 words');
    expect(details.querySelector('b')).toBeNull();
    expect(details.textContent).toContain('Hm. <b>What</b> is this?');
  });

  test('that was broken off is over too', () => {
    show([thinking('Hm, well', false)], false);
    expect(block('thinking').querySelector('summary')?.textContent).toBe('Thought, 2 words');
  });
});

describe('a tool call', () => {
  const call = (partialJson: string, input?: unknown, done = input !== undefined): AnswerBlock => ({
    ...{ index: 0, type: 'tool_use', id: 'call_1', name: 'get_\u202eweather<i>', partialJson, done },
    ...(input === undefined ? {} : { input }),
  });
  const shown = (): string | null => block('tool_use').querySelector('.tool-arguments')!.textContent;

  test('shows its name and id by themselves, so that they cannot turn what is beside them', () => {
    show([call('')]);
    const [name, id] = [...block('tool_use').querySelectorAll('bdi')].map(({ textContent }) => textContent);
    expect([name, id]).toEqual(['get_\u202eweather<i>', 'call_1']);
    expect(place.querySelector('i')).toBeNull();
  });

  test('shows its arguments as they come, and pretty once they are whole', () => {
    show([call('{"city":"Ham')]);
    expect(shown()).toBe('{"city":"Ham');
    expect(block('tool_use').textContent).toContain('arguments are coming');
    show([call('{"city":"Hamburg"}', { city: 'Hamburg' })]);
    expect(shown()).toBe('{\n  "city": "Hamburg"\n}');
    expect(block('tool_use').textContent).not.toContain('coming');
  });

  test('says so when the arguments are not JSON, and shows them all the same', () => {
    show([call('{"city": <script>', undefined, true)]);
    expect(shown()).toBe('{"city": <script>');
    expect(block('tool_use').textContent).toContain('not JSON');
  });
});

test('blocks stand in their order, and only the last one is marked as growing', () => {
  show([
    { index: 0, type: 'thinking', thinking: 'Hm', done: true },
    { index: 1, type: 'tool_use', id: 'a', name: 'look', partialJson: '{}', input: {}, done: true },
    { index: 2, type: 'text', text: 'Well', done: false },
  ]);
  const types = [...place.querySelectorAll('[data-block]')].map((element) => element.getAttribute('data-block'));
  expect(types).toEqual(['thinking', 'tool_use', 'text']);
  expect(place.querySelector('.answer')?.getAttribute('data-streaming')).toBe('true');
});
