import { describe, expect, it } from 'vitest';

import { readOptions } from '../../src/advise/options.js';
import { DEFAULTS } from '../../src/advise/requirements.js';
import { UsageError } from '../../src/compare/failures.js';

const read = (line: string) => readOptions(line.split(' ').filter(Boolean));

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(read('')).toEqual({ requirements: DEFAULTS, json: false, report: undefined });
  });

  it('takes the example of the documentation', () => {
    const options = read('--browser --proxy nginx --streams 2000 --resume required');
    expect(options?.requirements).toEqual({ ...DEFAULTS, proxy: 'nginx', streams: 2_000, resume: 'required' });
  });

  it('takes every flag', () => {
    const line =
      '--node --plain-text --proxy caddy --proxy-config stock --network mobile --streams 5 --readers 3 ' +
      '--tokens-per-second 40 --answer-seconds 12 --resume no --stop required --http2 --serverless ' +
      '--max-response-seconds 20 --auth header --latency-objective-ms 2.5 --priority bytes --report x.json --json';
    expect(read(line)).toEqual({
      requirements: {
        ...{ reader: 'node', plainText: true, proxy: 'caddy', proxyConfig: 'stock', network: 'mobile', streams: 5 },
        ...{ readers: 3, tokensPerSecond: 40, answerSeconds: 12, resume: 'no', stop: 'required', bidirectional: false },
        ...{ http: 2, serverless: true, maxResponseSeconds: 20, auth: 'header', tabs: 1, latencyObjectiveMs: 2.5 },
        priority: 'bytes',
      },
      json: true,
      report: 'x.json',
    });
  });

  it('serverless alone means ten seconds', () => {
    expect(read('--serverless')?.requirements.maxResponseSeconds).toBe(10);
  });

  it.each([
    ['--fast', /unknown option '--fast'.*--help/],
    ['extra', /too many arguments/],
    ['--proxy squid', /squid.*nginx, haproxy, caddy/],
    ['--streams 0', /whole number from 1/],
    ['--streams many', /whole number from 1/],
    ['--latency-objective-ms 0', /number above 0/],
    ['--browser --curl', /--browser and --curl/],
    ['--http1 --http2', /exclude each other/],
    ['--proxy-config stock', /not --proxy none/],
    ['--proxy alb --proxy-config documented', /not --proxy alb/],
    ['--node --tabs 3', /--tabs is about browsers/],
    ['--plain-text --bidirectional', /cannot be --bidirectional/],
  ])('%s is refused in one line', (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });
});
