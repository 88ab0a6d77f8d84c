import { listenHttp, malformedSuite } from '../../client-kit/test/support/malformed.js';
import { streamLongPoll } from '../src/index.js';

malformedSuite('polling', streamLongPoll, listenHttp('polling'));
