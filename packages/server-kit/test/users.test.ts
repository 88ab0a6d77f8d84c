import type { IncomingMessage } from 'node:http';

import { describe, expect, test } from 'vitest';

import { Users } from '../src/index.js';

const ADA = 'ada-token-0123456789';
const BOB = 'bob-token-0123456789';

const asking = (authorization?: string) => ({ headers: { authorization } }) as unknown as IncomingMessage;
const codeOf = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
};

describe('users', () => {
  test('are read from lines or commas, with comments between', () => {
    for (const text of [`# who\nada:${ADA}\n\n bob:${BOB} \n`, `ada:${ADA},bob:${BOB}`]) {
      const users = new Users(text);
      expect([users.ownerOfToken(ADA), users.ownerOfToken(BOB)]).toEqual(['ada', 'bob']);
    }
  });

  test('may have two tokens while they are changed', () => {
    const users = new Users(`ada:${ADA},ada:${BOB}`);
    expect([users.ownerOfToken(ADA), users.ownerOfToken(BOB)]).toEqual(['ada', 'ada']);
  });

  test.each([
    ['', 'there is no user'],
    ['# nobody', 'there is no user'],
    ['ada', 'user 1 is not name:token'],
    ['ada:short', 'user 1 is not name:token'],
    [`ada:${ADA}\nb b:${BOB}`, 'user 2 is not name:token'],
    [`ada:${ADA}\nbob:${ADA}`, 'the token of user 2 is given twice'],
  ])('%j is refused, without repeating it', (text, message) => {
    expect(() => new Users(text)).toThrow(message);
    expect(() => new Users(text)).not.toThrow(/token-0123/);
  });

  test('are known by Authorization: Bearer, in any case of the scheme', () => {
    const users = new Users(`ada:${ADA}`);
    expect(users.ownerOf(asking(`Bearer ${ADA}`))).toBe('ada');
    expect(users.ownerOf(asking(`bearer ${ADA}`))).toBe('ada');
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Basic ${ADA}`,
    ADA,
    `Bearer ${ADA}x`,
    `Bearer ${ADA} x`,
    'Bearer ada',
  ])('%j is nobody', (header) => {
    expect(codeOf(() => new Users(`ada:${ADA}`).ownerOf(asking(header)))).toBe('unauthenticated');
  });

  test('show no token, whatever prints them', () => {
    expect(JSON.stringify({ users: new Users(`ada:${ADA},bob:${BOB}`) })).toBe('{"users":2}');
  });
});
