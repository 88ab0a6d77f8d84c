import { MODES } from '@tokenwire/protocol';
import { describe, expect, it } from 'vitest';

import { exemptionsOf, exemptionTable, REQUIREMENTS } from '../src/index.js';

/** Shorter is a note to oneself, not a reason. */
const SHORTEST_REASON = 20;

describe('the requirements', () => {
  it('have ids in kebab case, each used once', () => {
    const ids = REQUIREMENTS.map(({ id }) => id);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are sentences of their own', () => {
    const titles = REQUIREMENTS.map(({ title }) => title);
    for (const title of titles) expect(title).toMatch(/^[A-ZT?]\S* .{15,}[^.]$|^\?wait=/);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('say why they exist, and where they are written down', () => {
    for (const { why, source } of REQUIREMENTS) {
      expect(why.length).toBeGreaterThanOrEqual(SHORTEST_REASON);
      expect(source).toMatch(/^docs\/protocol\.md#[a-z-]+$/);
    }
  });

  it('state the reason of every exemption', () => {
    for (const { id, mode, reason } of exemptionsOf()) {
      expect(reason.trim().length, `${id} is not asked of ${mode}: ${reason}`).toBeGreaterThanOrEqual(SHORTEST_REASON);
    }
  });

  it('are each asked of one mode at least', () => {
    for (const { id, exempt = {} } of REQUIREMENTS) {
      expect(Object.keys(exempt).length, id).toBeLessThan(MODES.length);
    }
  });

  it('show their exemptions in a table', () => {
    const table = exemptionTable();
    for (const { id } of exemptionsOf()) expect(table).toMatch(new RegExp(`\\| ${id} \\| [a-z, -]+ \\| `));
    for (const { reason } of exemptionsOf()) expect(table).toContain(reason);
  });
});
