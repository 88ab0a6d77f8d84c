import { TRANSPORTS } from '@tokenwire/protocol';
import { serve } from '@tokenwire/server-kit';

import { sseRouter } from './sse.js';

serve({
  name: 'server-sse',
  defaultPort: TRANSPORTS.sse.defaultPort,
  mount: (generations, settings) => ({ router: sseRouter(generations, settings) }),
});
