import { expect, test } from 'vitest';
import { PaneRecord } from '../../web/src/pane/pane-record.js';
import type { PaneHandle } from '../../web/src/pane/handle.js';
import { DEFAULTS, parseSettings } from '../../web/src/settings/settings.js';
import { askAddress, readAddress } from '../../web/src/share/address.js';
import { subjectOf } from '../../web/src/share/subject.js';

const PAGE = 'http://localhost:4000/';
const SETTINGS = { ...DEFAULTS, prompt: '#&=%? "x"\n🏮', temperature: 1.5, panes: ['sse', 'chunked'] as const };

function pane(fields: Partial<PaneHandle> & { readonly id?: string }): PaneHandle {
  const record = new PaneRecord('sse', 'sse', 'sse-1');
  record.id = fields.id;
  return {
    key: 'sse',
    record,
    url: `${PAGE}?lane=sse-1`,
    request: undefined,
    after: undefined,
    ...fields,
  } as PaneHandle;
}

const ID = `gen_${'a'.repeat(24)}`;

test('the address to ask again holds every setting, and no answer to read', () => {
  const address = askAddress(`${PAGE}#old`, { ...SETTINGS, read: [ID] });
  expect(address.startsWith(`${PAGE}#`)).toBe(true);
  expect(parseSettings(new URL(address).hash)).toEqual(SETTINGS);
  expect(askAddress(`${PAGE}#old`, DEFAULTS)).toBe(PAGE);
});

test('the address to read names the panes’ answers, over the transports that they have now', () => {
  const second = pane({ id: `${ID}b` });
  second.record.mode = 'websocket';
  const address = readAddress(PAGE, SETTINGS, [pane({ id: ID }), second]) ?? '';
  const read = { panes: ['sse', 'websocket'], read: [ID, `${ID}b`] };
  expect(parseSettings(new URL(address).hash)).toEqual({ ...SETTINGS, ...read });
});

test('there is no such address while a pane has no answer', () => {
  expect(readAddress(PAGE, SETTINGS, [pane({ id: ID }), pane({})])).toBeUndefined();
  expect(readAddress(PAGE, SETTINGS, [])).toBeUndefined();
});

test('what is shown of a pane is its request without its lane', () => {
  const request = { prompt: 'Hello' };
  expect(subjectOf(pane({ request }))).toEqual({ mode: 'sse', url: 'http://localhost:4000', from: { request } });
  expect(subjectOf(pane({ after: `${ID}.0` }))?.from).toEqual({ after: `${ID}.0` });
  expect(subjectOf(pane({}))).toBeUndefined();
  expect(subjectOf(pane({ request, url: 'https://example.org/deep/?lane=a' }))?.url).toBe('https://example.org/deep');
});
