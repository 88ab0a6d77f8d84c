// `npm run test:bugs`: plants every bug, asks what must find it, and writes docs/planted-bugs.md. Takes minutes.
import { writeFileSync } from 'node:fs';

import { MODES } from '@tokenwire/protocol';
import { afterAll, describe, expect, it } from 'vitest';

import { BUGS } from './bugs.js';
import { Hunts, timedOut } from './hunt.js';
import { PAGE, pageOf } from './page.js';

const { TOKENWIRE_BUGS = '', TOKENWIRE_WHOLE_KIT = '' } = process.env;
const bugs = TOKENWIRE_BUGS === '' ? BUGS : BUGS.filter(({ id }) => TOKENWIRE_BUGS.split(',').includes(id));
/** A broken server may let many requirements run into their limits. */
const LIMIT_MS = 1_800_000;

const hunts = new Hunts();
let found = 0;
afterAll(async () => {
  await hunts.close();
  // Not after a run that has gone wrong, or that had only some of them.
  if (found === BUGS.length) writeFileSync(PAGE, pageOf(BUGS));
});

describe('Without a bug', () => {
  it.each(MODES)('%s passes everything that finds one', { timeout: LIMIT_MS }, async (mode) => {
    const named = bugs.filter((bug) => bug.mode === mode).flatMap(({ caughtBy }) => caughtBy);
    const results = await hunts.control(mode, named);
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
  });
});

describe.concurrent('With a bug', () => {
  for (const bug of bugs) {
    it(`${bug.id}: ${bug.kind}, ${bug.mode}: ${bug.title}`, { timeout: LIMIT_MS }, async ({ expect }) => {
      const named = await hunts.hunt(bug, bug.caughtBy);
      expect(named.filter(({ status }) => status !== 'failed').map(({ id }) => id)).toEqual([]);
      if (!bug.hangs) expect(named.filter(timedOut), 'found by a time limit only').toEqual([]);
      found += 1;
      if (TOKENWIRE_WHOLE_KIT === '') return;
      const all = await hunts.hunt(bug);
      const failed = all.filter(({ status }) => status === 'failed').map(({ id }) => id);
      process.stdout.write(`${bug.id}: ${failed.join(', ')}\n`);
    });
  }
});
