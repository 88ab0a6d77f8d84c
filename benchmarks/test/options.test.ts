import { describe, expect, it } from 'vitest';

import { UsageError } from '../src/compare/failures.js';
import { readOptions } from '../src/compare/options.js';
import { blockOrders } from '../src/compare/order.js';
import { readOptions as readCostOptions } from '../src/cost/options.js';

describe('options of compare', () => {
  it('have defaults', () => {
    const defaults = { model: 'tiny', tokens: 100, tokensPerSecond: 100, seed: 7, runs: 3, streams: 8, json: false };
    expect(readOptions([])).toMatchObject({ ...defaults, out: 'compare-report' });
  });

  it('are read', () => {
    const options = readOptions([
      '--model',
      'sim',
      '--tokens-per-second',
      '12.5',
      '--seed',
      '0',
      '--json',
      '--out',
      'x',
    ]);
    expect(options).toMatchObject({ model: 'sim', tokensPerSecond: 12.5, seed: 0, json: true, out: 'x' });
  });

  it.each([
    ['--runs', '0'],
    ['--runs', '-1'],
    ['--runs', '1.5'],
    ['--runs', 'NaN'],
    ['--runs', ''],
    ['--runs', '1e3'],
    ['--tokens', '1'],
    ['--tokens', '100001'],
    ['--tokens-per-second', '0'],
    ['--tokens-per-second', '-5'],
    ['--tokens-per-second', 'fast'],
    ['--seed', '4294967296'],
    ['--streams', '101'],
    ['--model', ''],
    ['--prompt', ' '],
    ['--out', ''],
  ])('%s %j is refused by name', (flag, value) => {
    expect(() => readOptions([flag, value])).toThrow(UsageError);
    expect(() => readOptions([flag, value])).toThrow(flag);
  });

  it.each([['--unknown'], ['surplus'], ['--runs']])('%s is refused', (argument) => {
    expect(() => readOptions([argument])).toThrow(UsageError);
  });
});

describe('options of cost', () => {
  it('take known targets only', () => {
    expect(readCostOptions(['--targets', 'sse,websocket'])).toMatchObject({ targets: ['sse', 'websocket'], blocks: 5 });
    expect(() => readCostOptions(['--targets', 'sse,carrier-pigeon'])).toThrow('carrier-pigeon');
    expect(() => readCostOptions(['--blocks', '0'])).toThrow(UsageError);
  });
});

describe('the order of the modes', () => {
  it('holds every mode once in each block, and repeats for the same seed', () => {
    const orders = blockOrders(7, 20);
    for (const order of orders) expect(new Set(order).size).toBe(6);
    expect(blockOrders(7, 20)).toEqual(orders);
    expect(blockOrders(8, 20)).not.toEqual(orders);
    expect(new Set(orders.map((order) => order[0])).size).toBe(6);
  });
});
