import type { StreamEvent } from '@tokenwire/protocol';
import { describe, expect, test } from 'vitest';
import { ID, SHORT, START, log, text } from './support/answer.js';
import { drain, elapsed, until } from './support/read.js';
import { type Script, answers, jsonResponse, script } from './support/script.js';
import { receipt } from './support/server.js';

const STOPPED = log(START, text('half'), { type: 'cancelled', by: 'client' });
const stopUrl = `http://host.test/generations/${ID}/stop`;
const ok = (): Response => jsonResponse(receipt(3));
const urls = (fetch: ReturnType<typeof answers>): string[] => fetch.calls.map(({ url }) => url);

async function timeOf(scripted: Script, done: Promise<unknown>): Promise<number> {
  return elapsed(scripted.clock, done);
}

describe('stop', () => {
  test('in mid-answer is one request; the loop goes on to the terminal event', async () => {
    const fetch = answers(ok);
    const { stream, clock } = script([[STOPPED.slice(0, 2), { bytesAfterMs: 10 }, STOPPED.slice(2)]], {
      fetch,
      headers: { authorization: 'Bearer x' },
    });
    const events: StreamEvent[] = [];
    const loop = (async () => {
      for await (const event of stream) {
        events.push(event);
        if (event.seq === 2) expect(await stream.stop()).toEqual(receipt(3));
      }
    })();
    await clock.runUntil(loop);
    expect(events).toEqual(STOPPED);
    expect(stream).toMatchObject({ status: 'cancelled', reconnects: 0, requests: 1 });
    expect(urls(fetch)).toEqual([stopUrl]);
    expect(fetch.calls[0]?.init).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      headers: { authorization: 'Bearer x' },
    });
  });

  test('twice is one request and one receipt', async () => {
    const fetch = answers(ok);
    const { stream } = script([[]], { after: `${ID}.1`, fetch });
    expect(await Promise.all([stream.stop(), stream.stop()])).toEqual([receipt(3), receipt(3)]);
    expect(await stream.stop()).toEqual(receipt(3));
    expect(fetch.calls).toHaveLength(1);
  });

  test('before the start sends nothing, and nothing can be read', async () => {
    const fetch = answers('hang');
    const { stream, attempts } = script([[SHORT]], { fetch });
    expect(await stream.stop()).toMatchObject({ status: 'cancelled', alreadyDone: true, lastSeq: 0 });
    expect(await drain(stream)).toMatchObject({ events: [], error: { code: 'aborted' } });
    expect([stream.status, stream.requests, attempts.length, fetch.calls.length]).toEqual(['cancelled', 0, 0, 0]);
  });

  test('before continuing reaches the server, and the log is read to its end', async () => {
    const { stream } = script([[STOPPED.slice(1)]], { after: `${ID}.1`, fetch: answers(ok) });
    await stream.stop();
    expect(await drain(stream)).toEqual({ events: STOPPED.slice(1), error: undefined });
  });

  test('after the end asks nobody', async () => {
    const fetch = answers('hang');
    const { stream } = script([[SHORT]], { fetch });
    await drain(stream);
    expect(await stream.stop()).toMatchObject({ id: ID, status: 'completed', alreadyDone: true, lastSeq: 5 });
    expect(fetch.calls).toEqual([]);
  });

  test('during connect waits for the id, and stops that generation', async () => {
    const fetch = answers(ok);
    const { stream, attempts, clock } = script([[{ bytesAfterMs: 500 }, STOPPED]], { fetch }, { announce: false });
    const done = drain(stream);
    await clock.advance(100);
    attempts[0]?.attempt.requested();
    const stopped = stream.stop();
    await clock.advance(0);
    expect(fetch.calls).toEqual([]);
    await clock.runUntil(Promise.all([stopped, done]));
    expect(urls(fetch)).toEqual([stopUrl]);
    expect((await done).events).toEqual(STOPPED);
  });

  test('when the answer to the start was lost asks for the id with the same key', async () => {
    const fetch = answers(() => jsonResponse({ id: ID, cursor: `${ID}.0` }, 201), ok);
    const scripted = script([[new TypeError('lost')], [STOPPED]], { fetch });
    const { stream, clock, attempts } = scripted;
    const done = drain(stream);
    await clock.advance(10);
    attempts[0]?.attempt.requested();
    expect(await timeOf(scripted, stream.stop())).toBe(0);
    expect(urls(fetch)).toEqual(['http://host.test/generations', stopUrl]);
    expect(fetch.calls[0]?.init).toMatchObject({
      body: '{"prompt":"x"}',
      headers: { 'idempotency-key': attempts[0]?.attempt.idempotencyKey },
    });
    await clock.advance(0);
    expect(clock.now(), 'the wait of up to 250 ms has been cut short').toBe(10);
    expect((await done).events).toEqual(STOPPED);
    expect(attempts.map(({ cursor }) => cursor)).toEqual([undefined, `${ID}.0`]);
  });

  test('while a start hangs is not kept waiting by it', async () => {
    const fetch = answers(() => jsonResponse({ id: ID, cursor: `${ID}.0` }, 201), ok);
    const scripted = script([['hang']], { fetch }, { announce: false });
    void drain(scripted.stream);
    await scripted.clock.advance(1);
    scripted.attempts[0]?.attempt.requested();
    expect(await timeOf(scripted, scripted.stream.stop())).toBe(1_000);
    scripted.stream.detach();
  });

  test('during backoff ends the waiting: the log has its end now', async () => {
    const fetch = answers(ok);
    const { stream, clock } = script([[STOPPED.slice(0, 2)], [STOPPED.slice(2)]], { fetch });
    const done = drain(stream);
    await clock.advance(10);
    expect(stream.status).toBe('reconnecting');
    await stream.stop();
    await clock.advance(0);
    expect((await done).events).toEqual(STOPPED);
    expect([clock.now(), clock.pending]).toEqual([10, 0]);
  });

  test('after leaving still stops', async () => {
    const { stream } = script([[SHORT.slice(0, 2), 'hang']], { fetch: answers(ok) });
    for await (const _ of stream) break;
    expect(await stream.stop()).toEqual(receipt(3));
    expect(stream.status).toBe('detached');
  });

  test('tries again, and gives up after ten seconds', async () => {
    const recovering = script([[]], {
      after: `${ID}.1`,
      fetch: answers(new TypeError('lost'), () => new Response('', { status: 502 }), ok),
    });
    expect(await timeOf(recovering, recovering.stream.stop())).toBe(750);

    for (const fetch of [answers('hang'), answers(new TypeError('lost'))]) {
      const lost = script([[]], { after: `${ID}.1`, fetch });
      const stopped = lost.stream.stop();
      const failed = expect(stopped).rejects.toMatchObject({ code: 'connection_lost' });
      expect(await timeOf(lost, stopped)).toBe(10_000);
      await failed;
      expect([lost.clock.pending, lost.stream.status]).toEqual([0, 'idle']);
    }
  });

  test('gives up after ten seconds also while it waits for a start that hangs', async () => {
    // Each try waits a second for the start to tell the id. With this jitter one of them begins after nine.
    const fetch = answers(new TypeError('lost'));
    const { stream, attempts, clock } = script([['hang']], { fetch, random: () => 0.2 }, { announce: false });
    void drain(stream);
    await clock.advance(1);
    attempts[0]?.attempt.requested();
    const stopped = stream.stop();
    const failed = expect(stopped).rejects.toMatchObject({ code: 'connection_lost' });
    expect(await elapsed(clock, stopped)).toBe(10_000);
    await failed;
    stream.detach();
  });

  test('that was refused says why, and may be tried again', async () => {
    const refusal = (): Response =>
      jsonResponse({ error: { code: 'not_found', message: 'unknown', retryable: false } }, 404);
    const { stream } = script([[]], { after: `${ID}.1`, fetch: answers(refusal, ok) });
    await expect(stream.stop()).rejects.toMatchObject({ code: 'not_found' });
    expect(await stream.stop()).toEqual(receipt(3));
  });

  test.each([jsonResponse({}), jsonResponse(null), new Response('<p>', { headers: { 'content-type': 'text/html' } })])(
    'answered with nonsense is bad_response',
    async (nonsense) => {
      const { stream } = script([[]], { after: `${ID}.1`, fetch: answers(nonsense) });
      await expect(stream.stop()).rejects.toMatchObject({ code: 'bad_response' });
    },
  );

  test('racing with the end of the answer settles, with one terminal event', async () => {
    const fetch = answers(() => jsonResponse({ ...receipt(5), status: 'completed', alreadyDone: true }));
    const { stream, clock } = script([[SHORT.slice(0, 4), { bytesAfterMs: 1 }, SHORT.slice(4)]], { fetch });
    const done = drain(stream);
    await until(() => stream.textSoFar !== '');
    await clock.runUntil(Promise.all([stream.stop(), done]));
    expect((await done).events).toEqual(SHORT);
    expect(stream.status).toBe('completed');
  });
});
