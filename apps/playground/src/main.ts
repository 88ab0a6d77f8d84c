import { COMBINED_PORT } from '@tokenwire/protocol';
import { serve } from '@tokenwire/server-kit';

import { combinedTransport } from './combined.js';

serve({ name: 'server-all', defaultPort: COMBINED_PORT, mount: combinedTransport });
