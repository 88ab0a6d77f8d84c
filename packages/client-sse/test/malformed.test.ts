import { SHORT } from '../../client-kit/test/support/answer.js';
import { type Peer, listenHttp, malformedSuite } from '../../client-kit/test/support/malformed.js';
import { streamSse } from '../src/index.js';

const afterRetry =
  (retry: string) =>
  (peer: Peer): void => {
    peer.raw(`retry: ${retry}\n\n`);
    for (const event of SHORT.slice(peer.after, peer.after + 2)) peer.say(event);
    peer.end();
  };

malformedSuite(
  'sse',
  streamSse,
  listenHttp('sse'),
  ['soon', '-5', '1e9', '', '0x10'].map((retry) => ({
    what: `retry: ${retry}`,
    scripts: [afterRetry(retry)],
    connections: 3,
  })),
);
