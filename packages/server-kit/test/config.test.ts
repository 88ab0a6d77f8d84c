import { afterEach, expect, test, vi } from 'vitest';

import { readConfig, upstreamLimitsOf } from '../src/config.js';

afterEach(() => vi.unstubAllEnvs());

test('the limits of upstreams come from flags and variables; a flag wins', () => {
  expect(upstreamLimitsOf(readConfig('test', 0, []))).toEqual({
    connectMs: 10_000,
    firstTokenMs: 60_000,
    contentIdleMs: 60_000,
    totalMs: 600_000,
    retryDelayMs: 500,
  });
  vi.stubEnv('TOKENWIRE_UPSTREAM_CONNECT_MS', '11');
  vi.stubEnv('TOKENWIRE_UPSTREAM_FIRST_TOKEN_MS', '12');
  vi.stubEnv('TOKENWIRE_UPSTREAM_CONTENT_IDLE_MS', '13');
  vi.stubEnv('TOKENWIRE_UPSTREAM_TOTAL_MS', '14');
  vi.stubEnv('TOKENWIRE_UPSTREAM_RETRY_DELAY_MS', '0');
  expect(upstreamLimitsOf(readConfig('test', 0, ['--upstream-total-ms', '99']))).toEqual({
    connectMs: 11,
    firstTokenMs: 12,
    contentIdleMs: 13,
    totalMs: 99,
    retryDelayMs: 0,
  });
});

test('the flush policy comes from a flag or a variable', () => {
  expect(readConfig('test', 0, []).flush).toBe('tick');
  expect(readConfig('test', 0, ['--flush', '1000']).flush).toBe(1_000);
  vi.stubEnv('TOKENWIRE_FLUSH', 'token');
  expect(readConfig('test', 0, []).flush).toBe('token');
});

test.each([
  ['--upstream-connect-ms', '9'],
  ['--upstream-first-token-ms', '3600001'],
  ['--upstream-content-idle-ms', '-1'],
  ['--upstream-total-ms', '1e3'],
  ['--upstream-retry-delay-ms', '4001'],
  ['--flush', '0'],
  ['--flush', '1001'],
  ['--flush', 'sometimes'],
])('%s %s ends the process with status 2 before it listens', (flag, value) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((status) => {
    throw new Error(`exit ${String(status)}`);
  });
  const complaint = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => readConfig('test', 0, [flag, value])).toThrow('exit 2');
  expect(String(complaint.mock.calls)).toContain(flag);
  exit.mockRestore();
  complaint.mockRestore();
});
