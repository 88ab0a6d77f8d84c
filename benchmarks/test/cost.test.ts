import { describe, expect, it } from 'vitest';

import { Follower } from '../src/cost/follower.js';
import { summarise } from '../src/cost/summary.js';
import type { Trial } from '../src/cost/trial.js';

function trial(target: string, us: number): Trial {
  const bytesPerToken = 100;
  return { target, wholeUs: us, wholeUserUs: us, steadyUs: us / 2, bytesPerToken, generatorShare: us / 100 };
}

describe('the summary of the costs', () => {
  const blocks = [
    [trial('net', 10), trial('sse', 15)],
    [trial('sse', 40), trial('net', 20)],
    [trial('net', 30), trial('sse', 30)],
  ];

  it('makes ratios within a block, and takes their median', () => {
    const sse = summarise(blocks, 'net').find(({ target }) => target === 'sse');
    expect(sse?.whole).toEqual({ median: 1.5, min: 1, max: 2 });
    expect(sse?.wholeUs).toBe(30);
    expect(sse?.generatorShare).toBe(0.4);
  });

  it('gives the reference 1', () => {
    expect(summarise(blocks, 'net').find(({ target }) => target === 'net')?.steady).toEqual({
      median: 1,
      min: 1,
      max: 1,
    });
  });
});

describe('following a stream', () => {
  const delta = '{"seq":3,"type":"content_block_delta","index":0}\n';
  const answer = `${delta}${delta}${delta}{"seq":6,"type":"message_stop"}\n`;

  it('counts the same however the bytes are cut', () => {
    for (let size = 1; size <= answer.length; size += 1) {
      const follower = new Follower();
      for (let at = 0; at < answer.length; at += size) follower.hear(answer.slice(at, at + size));
      expect([size, follower.tokens, follower.finished]).toEqual([size, 3, true]);
    }
  });

  it('is not finished without the terminal event', () => {
    const follower = new Follower();
    follower.hear(answer.slice(0, -20));
    expect(follower.finished).toBe(false);
  });
});
