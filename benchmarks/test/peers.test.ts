import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { installed } from '../src/targets/installed.js';
import { PEERS } from '../src/targets/peers.js';
import { CONTROLS } from '../src/targets/controls.js';
import { describeTarget } from './support/target-suite.js';

const { targets, missing } = installed(PEERS);
if (missing.length > 0 && process.env['TOKENWIRE_REQUIRE_PEERS']) {
  throw new Error(`TOKENWIRE_REQUIRE_PEERS is set, but not all peers are there: ${JSON.stringify(missing)}`);
}

for (const target of targets) describeTarget(target);

describe('peers that are not installed', () => {
  it('are left out, and named with the command that installs them; controls need nothing', () => {
    const empty = mkdtempSync(join(tmpdir(), 'tokenwire-peers-'));
    try {
      const found = installed([...CONTROLS, ...PEERS], empty);
      expect(found.targets).toEqual(CONTROLS);
      expect(found.versions).toEqual({});
      expect(found.missing.map(({ target }) => target)).toEqual(PEERS.map(({ name }) => name));
      expect(found.missing[0]?.why).toBe('not installed: better-sse, eventsource; "npm run peers" installs it');
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  it.runIf(missing.length === 0)('are known by their versions otherwise', () => {
    const { versions } = installed(PEERS);
    expect(Object.keys(versions).sort((a, b) => a.localeCompare(b))).toEqual(
      [...new Set(PEERS.flatMap(({ needs }) => needs))].sort((a, b) => a.localeCompare(b)),
    );
    for (const version of Object.values(versions)) expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
