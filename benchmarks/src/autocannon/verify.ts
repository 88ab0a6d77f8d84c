/** Asks autocannon what docs/measuring-autocannon.md says of it, and prints what it did. Takes half a minute. */
import { Endpoint, type Seen } from './behaviour.js';

const endpoint = await Endpoint.open();

function say(what: string, { result, eventsMs }: Seen): void {
  const { latency, errors, timeouts, duration, requests } = result;
  const table = `${latency.totalCount} latencies, min ${latency.min}, p50 ${latency.p50}, max ${latency.max} ms`;
  const first = eventsMs[0]?.toFixed(3) ?? '–';
  process.stdout.write(
    `${what}\n  responses ${eventsMs.length}, first ${first} ms; requests ${requests.sent}; table: ${table}; ` +
      `errors ${errors}, timeouts ${timeouts}; ${duration} s\n`,
  );
}

say('an answer at once, 200 times', await endpoint.shoot('ms=0', { amount: 200 }));
say('an answer after 100 ms, 3 s, closed loop', await endpoint.shoot('ms=100', { duration: 3 }));
say('the same at 5 requests a second', await endpoint.shoot('ms=100', { duration: 3, overallRate: 5 }));
say(
  'the same without its correction',
  await endpoint.shoot('ms=100', { duration: 3, overallRate: 5, ignoreCoordinatedOmission: true }),
);
say('a stream of 12 s, default time-out', await endpoint.shoot('stream=12000', { amount: 1 }));
say('a stream of 12 s, time-out 20 s', await endpoint.shoot('stream=12000', { amount: 1, timeout: 20 }));
endpoint.close();
