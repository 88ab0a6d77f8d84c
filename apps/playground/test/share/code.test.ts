import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningServer, startServer } from '@tokenwire/conformance';
import { MODES } from '@tokenwire/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf } from '../../web/src/share/code.js';
import type { Subject } from '../../web/src/share/subject.js';
import { ASKED, PROMPTS, subjectFor } from './support.js';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** Node 20 has a `WebSocket`, but behind this option. */
const NODE_OPTIONS = 'WebSocket' in globalThis ? [] : ['--experimental-websocket'];

let server: RunningServer;
/** Where the packages' names lead to the packages, and where nobody looks for sources. */
let folder: string;
beforeAll(async () => {
  server = await startServer(MAIN);
  folder = await mkdtemp(fileURLToPath(new URL('../../../../node_modules/.shown-code-', import.meta.url)));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await server.stop();
});

/** Runs what is shown, in a process of its own, and gives what it wrote. */
async function runShown(subject: Subject): Promise<string> {
  const file = join(folder, `${subject.mode}-${Math.random()}.mjs`);
  await writeFile(file, codeOf(subject));
  return (await run(process.execPath, [...NODE_OPTIONS, file], { maxBuffer: 10_000_000 })).stdout;
}

async function snapshotIn(output: string): Promise<string> {
  const id = /^completed (gen_\w+)\.\d+$/m.exec(output)?.[1];
  return ((await (await fetch(`${server.url}/generations/${id}`)).json()) as { text: string }).text;
}

test.each(MODES)('the code for %s runs as it is shown, and gets the answer', async (mode) => {
  const output = await runShown(subjectFor(server.url, mode));
  const text = await snapshotIn(output);
  expect(text.length).toBeGreaterThan(40);
  expect(output.endsWith(`\n${text}\n`)).toBe(true);
});

test('the code of a pane that reads an answer of another tab reads it', async () => {
  const first = await runShown(subjectFor(server.url, 'sse'));
  const id = /^completed (gen_\w+)\./m.exec(first)?.[1];
  const again = await runShown({ mode: 'chunked', url: server.url, from: { after: `${id}.0` } });
  expect(again.slice(again.indexOf('\ncompleted'))).toBe(first.slice(first.indexOf('\ncompleted')));
});

test('any prompt is in the code as it is: the same request leaves it', async () => {
  // All prompts in one process: the client's package is replaced by one that says what it was asked for.
  const modules = PROMPTS.map((prompt) => codeOf(subjectFor(server.url, 'sse', prompt)));
  const files = await Promise.all(
    modules.map(async (code, index) => {
      const file = join(folder, `prompt-${index}.mjs`);
      await writeFile(file, code.replace("'@tokenwire/client-sse'", "'./asked.mjs'"));
      return file;
    }),
  );
  const stub = 'export async function* streamSse(o) { globalThis.asked.push(o); }';
  await writeFile(join(folder, 'asked.mjs'), stub);
  const all = join(folder, 'all.mjs');
  const imports = files.map((file) => `await import(${JSON.stringify(file)});`).join('\n');
  await writeFile(
    all,
    `globalThis.asked = []; console.log = () => {};\n${imports}\nprocess.stdout.write(JSON.stringify(asked));`,
  );
  const { stdout } = await run(process.execPath, [all]);
  expect(JSON.parse(stdout)).toEqual(
    PROMPTS.map((prompt) => ({
      url: server.url,
      idleTimeoutMs: 5_000,
      retry: { maxAttempts: 100, capMs: 2_000 },
      request: { ...ASKED, prompt },
    })),
  );
});
