import type { IncomingMessage } from 'node:http';

import { expect, test } from 'vitest';

import { checkOrigin } from '../src/index.js';

const APP = 'https://app.example';

function ask(
  origin: string | undefined,
  method: string,
  rules: { loopbackOnly: boolean; allowed: string[] },
  ws = false,
) {
  const headers = { origin, host: 'api.example:8080', ...(ws ? { upgrade: 'websocket' } : {}) };
  try {
    return checkOrigin({ method, headers } as unknown as IncomingMessage, rules) ?? 'passes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const LOOPBACK = { loopbackOnly: true, allowed: [] };

test('on loopback, pages from elsewhere send nothing and open no socket', () => {
  for (const origin of [
    'http://evil.example',
    'https://localhost.evil.example',
    'null',
    'file://',
    'http://127.0.0.1.nip.io',
    '',
  ]) {
    expect([origin, ask(origin, 'POST', LOOPBACK)]).toEqual([origin, 'forbidden']);
    expect([origin, ask(origin, 'GET', LOOPBACK, true)]).toEqual([origin, 'forbidden']);
    // Without our permission the browser keeps the answer from the page.
    expect([origin, ask(origin, 'GET', LOOPBACK)]).toEqual([origin, 'passes']);
  }
});

test('on loopback, its own pages and programs do', () => {
  for (const origin of [
    'http://localhost:5173',
    'http://127.0.0.1:4000',
    'http://[::1]:80',
    'http://app.localhost',
    undefined,
  ]) {
    expect(ask(origin, 'POST', LOOPBACK)).toBe('passes');
    expect(ask(origin, 'GET', LOOPBACK, true)).toBe('passes');
  }
});

test('an allowed origin is permitted by name, exactly', () => {
  for (const loopbackOnly of [true, false]) {
    const rules = { loopbackOnly, allowed: [APP] };
    expect(ask(APP, 'GET', rules)).toBe(APP);
    expect(ask(APP, 'GET', rules, true)).toBe(APP);
    for (const other of [
      'https://app.example.evil',
      'http://app.example',
      'https://app.example:8443',
      'https://APP.example',
    ]) {
      expect([other, ask(other, 'POST', rules)]).toEqual([other, 'forbidden']);
    }
  }
});

test('elsewhere nothing is refused without a list, and with one only what is neither on it nor from the same host', () => {
  expect(ask('http://evil.example', 'POST', { loopbackOnly: false, allowed: [] })).toBe('passes');
  expect(ask('https://api.example:8080', 'POST', { loopbackOnly: false, allowed: [APP] })).toBe('passes');
  expect(ask('https://evil.example', 'GET', { loopbackOnly: false, allowed: [APP] }, true)).toBe('forbidden');
});
