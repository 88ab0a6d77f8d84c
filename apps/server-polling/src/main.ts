import { TRANSPORTS } from '@tokenwire/protocol';
import { serve } from '@tokenwire/server-kit';

import { pollingRouter } from './polling.js';

serve({
  name: 'server-polling',
  defaultPort: TRANSPORTS.polling.defaultPort,
  mount: (generations, settings) => ({ router: pollingRouter(generations, settings) }),
});
