import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { MODES, type Mode } from '@tokenwire/protocol';
import { afterAll, describe, expect, it } from 'vitest';

import { CLIENTS } from '../src/index.js';
import { at, ENDLESS, seqOf, snapshot, stop, whileRunning } from '../src/harness/answers.js';
import { readToEnd } from '../src/harness/reading.js';
import { combinedBed } from './support.js';

const bed = await combinedBed();
afterAll(() => bed.close());
const url = bed.targets[0]?.url ?? '';

/** Built, because a child process runs without the test runner's loader. */
const CLIENT = fileURLToPath(new URL('../dist/reader-process.js', import.meta.url));

/** Lets a client process read, and kills it in mid-answer. Gives its last cursor and the text it had got. */
async function killInMidAnswer(mode: Mode, id: string): Promise<{ cursor: string; text: string }> {
  const child = spawn(process.execPath, [CLIENT, mode, url, at(id, 0)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let cursor = '';
  let text = '';
  // What it has written before it dies counts as read, so its output is read to the end.
  for await (const line of createInterface({ input: child.stdout })) {
    const [next, more] = JSON.parse(line) as [string, string];
    cursor = next;
    text += more;
    if (seqOf(cursor) === 20) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return { cursor, text };
}

describe.each(MODES)('A client that reads over %s and is killed in mid-answer', (mode) => {
  it('has the same text when it continues on any other transport with its cursor', async () => {
    await whileRunning({ url }, ENDLESS, async (id) => {
      const { cursor, text } = await killInMidAnswer(mode, id);
      const others = MODES.filter((other) => other !== mode);
      const goneOn = new Set<Mode>();
      let stopping: Promise<unknown> | undefined;
      const rests = others.map(async (other) => {
        const stream = CLIENTS[other]({ url, after: cursor });
        return await readToEnd(stream, ({ seq }) => {
          if (seq > seqOf(cursor) + 50) goneOn.add(other);
          // All of them have gone on in mid-answer; now it may end.
          if (goneOn.size === others.length) stopping ??= stop({ url }, id);
        });
      });
      for (const { stream, events, error } of await Promise.all(rests)) {
        expect(error).toBeUndefined();
        expect(events[0]?.seq).toBe(seqOf(cursor) + 1);
        expect(events.at(-1)?.type).toBe('cancelled');
        expect(text + stream.textSoFar).toBe((await snapshot({ url }, id)).text);
      }
    });
  });
});
