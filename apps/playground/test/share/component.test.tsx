// @vitest-environment happy-dom
// @vitest-environment-options { "settings": { "fetch": { "disableSameOriginPolicy": true } } }
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@tokenwire/conformance';
import type { ComponentType } from 'react';
import { createRoot } from 'react-dom/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentOf } from '../../web/src/share/code.js';
import type { Subject } from '../../web/src/share/subject.js';
import { PROMPTS, subjectFor } from './support.js';

const BUILD = join(import.meta.dirname, '..', '..', 'dist');

let server: RunningServer;
let folder: string;
beforeAll(async () => {
  server = await startServer(join(BUILD, 'main.js'));
  folder = await mkdtemp(join(BUILD, 'shown-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await server.stop();
});

/** Shows the component that is shown as code, and gives its text at the end of the answer. */
async function render(subject: Subject, name: string): Promise<string> {
  const file = join(folder, `${name}.tsx`);
  await writeFile(file, componentOf(subject));
  const { Answer } = (await import(file)) as { readonly Answer: ComponentType };
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  root.render(<Answer />);
  await expect.poll(() => place.querySelector('output')?.textContent, { timeout: 20_000 }).toBe('completed');
  const text = place.querySelector('p')?.textContent ?? '';
  root.unmount();
  return text;
}

test.each(['chunked', 'sse', 'long-poll', 'short-poll'] as const)(
  'the component for %s shows the answer',
  async (mode) => {
    const text = await render(subjectFor(server.url, mode, PROMPTS[1]), mode);
    expect(text.length).toBeGreaterThan(20);
    // The same request and seed have the same answer, over any transport.
    expect(text).toBe(await render(subjectFor(server.url, 'chunked', PROMPTS[1]), `${mode}-again`));
  },
);

test('the component of a pane that reads shows the answer that there is', async () => {
  const { request } = subjectFor(server.url, 'sse').from as { readonly request: object };
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const start = await fetch(`${server.url}/generations`, { method: 'POST', headers, body: JSON.stringify(request) });
  const { id, cursor } = (await start.json()) as { id: string; cursor: string };
  const text = await render({ mode: 'sse', url: server.url, from: { after: cursor } }, 'reads');
  const snapshot = (await (await fetch(`${server.url}/generations/${id}`)).json()) as { text: string };
  expect(text).toBe(snapshot.text);
});
