import { describe, expect, it } from 'vitest';

import { commandWords } from '../../src/cli/command-words.js';
import { DEFAULT_TIMEOUT_MS, readCommand, UsageError } from '../../src/cli/options.js';

const URL_GIVEN = 'http://localhost:4002';

describe('The command line', () => {
  it('asks one server in one mode, with defaults for everything else', () => {
    expect(readCommand([`${URL_GIVEN}/`, '--mode', 'sse'])).toEqual({
      kind: 'run',
      url: URL_GIVEN,
      mode: 'sse',
      launch: undefined,
      upstream: false,
      only: undefined,
      bail: false,
      timeoutMs: DEFAULT_TIMEOUT_MS,
      json: false,
    });
  });

  it('takes all options', () => {
    const args = ['--mode=all', '--launch', 'node "my server.js" --port 0', '--upstream', '--bail', '--json'];
    const only = ['--only', 'resume-after-n,unknown-id', '--only', 'health', '--timeout', '500'];
    expect(readCommand([...args, ...only])).toEqual({
      kind: 'run',
      url: undefined,
      mode: 'all',
      launch: ['node', 'my server.js', '--port', '0'],
      upstream: true,
      only: ['resume-after-n', 'unknown-id', 'health'],
      bail: true,
      timeoutMs: 500,
      json: true,
    });
  });

  it('lists and explains without a server', () => {
    expect(readCommand(['--list'])).toEqual({ kind: 'list' });
    expect(readCommand(['--explain', 'unknown-id'])).toEqual({ kind: 'explain', id: 'unknown-id' });
    expect(readCommand(['-h'])).toEqual({ kind: 'help' });
  });

  it.each([
    [[], /<url>, or --launch/],
    [[URL_GIVEN], /--mode must be one of chunked, sse/],
    [[URL_GIVEN, '--mode', 'carrier-pigeon'], /--mode must be one of/],
    [['localhost:4002', '--mode', 'sse'], /http:\/\/HOST:PORT/],
    [['https://localhost:4002', '--mode', 'sse'], /http:\/\/HOST:PORT/],
    [[`${URL_GIVEN}/api`, '--mode', 'sse'], /without a path/],
    [[URL_GIVEN, URL_GIVEN, '--mode', 'sse'], /more than one/],
    [[URL_GIVEN, '--mode', 'sse', '--upstream'], /--upstream works only/],
    [[URL_GIVEN, '--mode', 'sse', '--launch', 'x', '--upstream'], /no <url>/],
    [['--mode', 'sse', '--launch', '  '], /needs a command/],
    [[URL_GIVEN, '--mode', 'sse', '--only', 'no-such-thing'], /no requirement no-such-thing/],
    [['--explain', 'no-such-thing'], /no requirement no-such-thing/],
    [[URL_GIVEN, '--mode', 'sse', '--timeout', '99'], /--timeout/],
    [[URL_GIVEN, '--mode', 'sse', '--timeout', '1e9'], /--timeout/],
    [[URL_GIVEN, '--mode', 'sse', '--loud'], /--loud/],
  ])('%j is refused with a reason', (args, reason) => {
    expect(() => readCommand(args)).toThrow(UsageError);
    expect(() => readCommand(args)).toThrow(reason);
  });
});

describe('A command is split into words', () => {
  it.each([
    ['node server.js --port 0', ['node', 'server.js', '--port', '0']],
    ['  a   b  ', ['a', 'b']],
    [`'a b' "c 'd'" e\\ f`, ['a b', "c 'd'", 'e f']],
    [`--name='x y'`, ['--name=x y']],
    [`C:\\dir\\server.exe --x ""`, ['C:\\dir\\server.exe', '--x', '']],
    ['', []],
  ])('%j', (command, words) => {
    expect(commandWords(command)).toEqual(words);
  });
});
