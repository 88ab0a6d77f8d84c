// The server behind the playground: the combined server, whose models fail on command. Started by the host, as its child.
import { COMBINED_PORT } from '@tokenwire/protocol';
import { serve } from '@tokenwire/server-kit';
import { Router } from 'express';

import { combinedTransport } from '../combined.js';
import { faultsRouter } from './faults-router.js';
import { markedId, randomMark } from './instance.js';
import { UpstreamFaults } from './upstream-faults.js';

const faults = new UpstreamFaults();
const mark = randomMark();

serve({
  name: 'server-playground',
  defaultPort: COMBINED_PORT,
  adjust: (options) => ({
    ...options,
    newId: () => markedId(mark),
    resolve: (model) => faults.wrap(options.resolve(model)),
  }),
  mount: (generations, settings) => {
    process.on('message', (message) => void (message === 'refuse' && generations.drain()));
    const combined = combinedTransport(generations, settings);
    const router = Router().use(faultsRouter(generations, faults), combined.router);
    return { ...combined, router };
  },
});

process.send?.({ mark });
// The host may be killed; nobody else would end this process then.
process.once('disconnect', () => process.exit(0));
