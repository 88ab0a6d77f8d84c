import { listenHttp, malformedSuite } from '../../client-kit/test/support/malformed.js';
import { streamChunked } from '../src/index.js';

malformedSuite('chunked', streamChunked, listenHttp('chunked'));
