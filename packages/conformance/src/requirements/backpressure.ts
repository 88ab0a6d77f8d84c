import { deepEqual, equal, ok } from 'node:assert/strict';

import type { GenerationRequest, PollPage, StreamEvent } from '@tokenwire/protocol';

import { at, finished, gauge, seqOf } from '../harness/answers.js';
import { behindProxy } from '../harness/behind-proxy.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { call } from '../harness/http.js';
import { onLaunched } from '../harness/on-launched.js';
import { eventsUrl, POLLING } from '../harness/raw-events.js';
import { read, readToEnd } from '../harness/reading.js';
import { onlyFor, type Requirement } from '../requirement.js';

/** About six megabytes: more than all buffers between two ends hold. */
const LARGE: GenerationRequest = { model: 'sim', prompt: 'x', maxTokens: 60_000, seed: 7, cadence: 'instant' };
/** About two. */
const TWO_PAGES: GenerationRequest = { ...LARGE, maxTokens: 20_000 };
/** Largest page of a poll, headers and the last event not counted. */
const PAGE_BYTES = 1024 * 1024;

/** Requirements about readers that take less than they are given. */
export const backpressureRequirements: readonly Requirement[] = [
  {
    id: 'reader-that-never-reads',
    title: 'A reader that takes nothing any more is let go after the write stall, and can resume where it was',
    why: 'A thousand sleeping tabs must not hold a thousand connections and their buffers.',
    source: 'docs/protocol.md#delivery',
    needs: ['launch'],
    exempt: Object.fromEntries(POLLING.map((mode) => [mode, 'nothing is pushed: what is not asked for is not sent'])),
    async run(original) {
      await onLaunched(original, ['--write-stall-ms', '300'], async (target) => {
        const { id, cursor } = await finished(target, LARGE);
        await behindProxy(target, async (proxy) => {
          const stream = target.open({ url: proxy.url, after: at(id, 0), idleTimeoutMs: 60_000 });
          let stalled = false;
          const reading = readToEnd(stream, ({ seq }) => {
            if (seq !== 1) return;
            proxy.change({ down: { blackhole: true } });
            proxy.faults = {};
            stalled = true;
          });
          await eventually('it stands still', () => stalled);
          await eventually('the server let it go', async () => (await gauge(target, 'tokenwire_readers')) === 0);
          ok(seqOf(stream.cursor ?? '') < seqOf(cursor), 'it had not got everything');
          proxy.cutAll();
          const { events, error } = await reading;
          equal(error, undefined);
          checkLog(events);
          equal(stream.cursor, cursor);
        });
      });
    },
  },
  {
    id: 'pages-are-capped',
    title: 'A poll that is far behind gets a page of limited size, and asks for the next at once',
    why: 'One answer must not become one body of any size, in the server’s memory and in the reader’s.',
    source: 'docs/protocol.md#limits-and-defaults',
    exempt: onlyFor(POLLING, 'this mode does not poll'),
    async run(target) {
      const { id, cursor } = await finished(target, TWO_PAGES);
      const { bytes, text } = await call(eventsUrl(target, id, `after=${id}.0`));
      const page = JSON.parse(text) as PollPage<StreamEvent>;
      ok(bytes.length <= PAGE_BYTES + 4_096, `a page of ${bytes.length} bytes`);
      equal(page.done, false);
      deepEqual([page.events[0]?.seq, page.cursor], [1, at(id, page.events.length)]);
      const { events, error } = await read(target, { after: page.cursor });
      equal(error, undefined);
      checkLog([...page.events, ...events]);
      equal(events.at(-1)?.seq, seqOf(cursor));
    },
  },
];
