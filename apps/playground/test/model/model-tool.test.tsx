// @vitest-environment happy-dom
import type { EventBody } from '@tokenwire/protocol';
import { act } from 'react';
import { type Root, createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import ModelTool from '../../web/src/model/model-tool.js';
import type { PaneHandle } from '../../web/src/pane/handle.js';
import { PaneRecord } from '../../web/src/pane/pane-record.js';
import { DEFAULTS, parseSettings, requestOf } from '../../web/src/settings/settings.js';
import type { ToolProps } from '../../web/src/tools/tool.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let place: HTMLElement;
let root: Root;
let record: PaneRecord;
/** Whoever waits for the next animation frame. */
let frames: Map<number, FrameRequestCallback>;
let nowMs = 0;
beforeEach(() => {
  frames = new Map();
  vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) => {
    const id = Math.max(0, ...frames.keys()) + 1;
    frames.set(id, draw);
    return id;
  });
  vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id));
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  record = new PaneRecord('sse', 'sse', 'sse-1');
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Gives the record an event, as the client would. */
function take(event: EventBody): void {
  record.take({ ...event, seq: record.lastSeq + 1 }, 0);
}

function say(count: number, likely = 0.5): void {
  for (let index = 0; index < count; index += 1) {
    const token = ` w${record.tokenCount}`;
    const top = [
      { token, logprob: Math.log(likely) },
      { token: ' other', logprob: Math.log(likely / 5) },
    ];
    const logprobs = [{ token, logprob: Math.log(likely), top }];
    take({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: token }, logprobs });
  }
}

async function show(model = 'tiny', fields: Partial<PaneHandle> = {}): Promise<void> {
  take({ type: 'message_start', id: 'gen_x', model });
  const settings = { ...DEFAULTS, temperature: 0.8 };
  const pane = { key: 'sse', title: 'SSE', record, request: requestOf(settings), ...fields } as PaneHandle;
  const props = { panes: [pane], selected: undefined, onSelect: () => {}, settings, startMs: 0 };
  await act(async () => root.render(<ModelTool {...(props as unknown as ToolProps)} />));
}

/** What has come is drawn in the next frame. */
async function frame(): Promise<void> {
  const due = [...frames.values()];
  frames.clear();
  nowMs += 16;
  await act(async () => due.forEach((draw) => draw(nowMs)));
}

const all = (selector: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(selector)];
const token = (index: number): HTMLElement => place.querySelector(`[data-token-index="${index}"]`)!;
const button = (name: string): HTMLButtonElement =>
  all('button').find(({ textContent }) => textContent === name) as HTMLButtonElement;
const press = (key: string): void =>
  act(() => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  });
const click = (element: HTMLElement): void => act(() => element.click());
const heading = (): string | undefined => place.querySelector('.token-detail h3')?.textContent ?? undefined;
const sentence = (): string | undefined => place.querySelector('.dance-sentence')?.textContent ?? undefined;

describe('the tokens', () => {
  test('appear while they come, and only the last of them are drawn again', async () => {
    await show();
    expect(place.textContent).toContain('As soon as the answer comes');
    say(100);
    await frame();
    expect(all('[data-token-index]')).toHaveLength(100);
    const changed: Node[] = [];
    const text = place.querySelector('.token-text')!;
    const observer = new MutationObserver((records) => changed.push(...records.map(({ target }) => target)));
    observer.observe(text, { subtree: true, childList: true, characterData: true, attributes: true });
    say(5);
    await frame();
    await expect.poll(() => changed.length).toBeGreaterThan(0);
    observer.disconnect();
    expect(all('[data-token-index]')).toHaveLength(105);
    const last = token(100).parentElement!;
    for (const node of changed) expect(last.contains(node)).toBe(true);
  });

  test('are one tab stop, and keys walk from one to the next', async () => {
    await show();
    say(20);
    await frame();
    const stops = (): string[] => all('.token-text [tabindex="0"]').map((one) => one.dataset['tokenIndex'] ?? '');
    expect(stops()).toEqual(['0']);
    act(() => token(0).focus());
    press('ArrowRight');
    press('ArrowRight');
    press('ArrowLeft');
    expect(document.activeElement).toBe(token(1));
    expect(stops()).toEqual(['1']);
    expect(heading()).toBe('Token 2: ␣w1');
    expect(token(1).getAttribute('aria-selected')).toBe('true');
    press('End');
    expect(document.activeElement).toBe(token(19));
    press('ArrowRight');
    expect(document.activeElement).toBe(token(19));
    press('Home');
    expect(document.activeElement).toBe(token(0));
  });

  test('of a long answer are shown in parts, and the keys lead from part to part', async () => {
    await show();
    say(20_000);
    await frame();
    expect(all('[data-token-index]').length).toBeLessThanOrEqual(256);
    expect(token(19_999)).not.toBeNull();
    click(button('First'));
    expect(place.querySelector('.pager')?.textContent).toContain('Tokens 1 to 256 of 20000');
    act(() => token(0).focus());
    press('PageDown');
    expect(document.activeElement).toBe(token(256));
    press('ArrowLeft');
    expect(document.activeElement).toBe(token(255));
    expect(all('[data-token-index]')).toHaveLength(256);
  });

  test('that are under the pointer are shown as long as it is there', async () => {
    await show();
    say(3);
    await frame();
    click(token(0));
    const point = (type: string, at: Element): void =>
      act(() => void at.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerType: 'mouse' })));
    point('pointerover', token(2));
    expect(heading()).toBe('Token 3: ␣w2');
    point('pointerout', place.querySelector('.token-text')!);
    expect(heading()).toBe('Token 1: ␣w0');
  });
});

test('the temperature changes the bars, asks nobody, and leads to an address that asks again', async () => {
  await show();
  say(1, 0.5);
  await frame();
  const shares = (): (string | null)[] =>
    all('.token-detail [data-kind="tempered"] + .bar-number').map((number) => number.textContent);
  const slider = place.querySelector<HTMLInputElement>('.temperature input')!;
  expect(slider.value).toBe('0.8');
  const to = (value: string): void =>
    act(() => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(slider, value);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    });
  to('1');
  expect(shares()).toEqual(['83.3 %', '16.7 %']);
  to('0');
  expect(shares()).toEqual(['100 %', '0 %']);
  const { temperature, seed, prompt } = parseSettings(new URL(place.querySelector('a')!.href).hash);
  expect({ temperature, seed, prompt }).toEqual({ temperature: 0, seed: DEFAULTS.seed + 1, prompt: DEFAULTS.prompt });
});

describe('the dance', () => {
  test('goes step by step to the end of the answer and back, and the text goes along', async () => {
    await show();
    say(2);
    take({ type: 'message_delta', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 2 } });
    take({ type: 'message_stop' });
    await frame();
    expect(button('← Back').disabled).toBe(true);
    const said = [sentence()];
    while (!button('Next →').disabled) {
      click(button('Next →'));
      said.push(sentence());
    }
    expect(said).toHaveLength(11);
    for (const [index, words] of said.entries()) expect(words).not.toBe(said[index + 1]);
    expect(said.at(-1)).toContain('“end of text” was drawn');
    click(button('← Back'));
    expect(sentence()).toBe(said.at(-2));
    expect(token(1).getAttribute('aria-selected')).toBe('true');
  });

  test('waits for tokens while the answer comes', async () => {
    await show();
    say(1);
    await frame();
    click(button('Append'));
    expect(button('Next →').disabled).toBe(true);
    expect(button('Play').disabled).toBe(false);
    say(1);
    await frame();
    expect(button('Next →').disabled).toBe(false);
  });

  test('plays by itself when told to, and silently', async () => {
    await show();
    say(1);
    await frame();
    const before = sentence();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    click(button('Play'));
    const line = place.querySelector('.dance-sentence')!;
    expect(line.getAttribute('aria-live')).toBe('off');
    await act(async () => vi.advanceTimersByTime(1_499));
    expect(sentence()).toBe(before);
    await act(async () => vi.advanceTimersByTime(1));
    expect(sentence()).not.toBe(before);
    // Four steps later it is at the end of what there is, and waits.
    for (let step = 0; step < 6; step += 1) await act(async () => vi.advanceTimersByTime(1_500));
    expect(button('Pause').disabled).toBe(false);
    say(1);
    await frame();
    await act(async () => vi.advanceTimersByTime(1_500));
    expect(sentence()).toContain('Token 2.');
    click(button('Pause'));
    expect(line.getAttribute('aria-live')).toBe('polite');
  });
});

test('what has no probabilities is told, and why', async () => {
  await show('sim');
  take({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } });
  await frame();
  expect(place.textContent).toContain('The model sim does not tell how likely its tokens were');
});
