import { TRANSPORTS } from '@tokenwire/protocol';
import { serve } from '@tokenwire/server-kit';

import { chunkedRouter } from './chunked.js';

serve({
  name: 'server-chunked',
  defaultPort: TRANSPORTS.chunked.defaultPort,
  mount: (generations, settings) => ({ router: chunkedRouter(generations, settings) }),
});
