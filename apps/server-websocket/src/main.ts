import { TRANSPORTS } from '@tokenwire/protocol';
import { serve } from '@tokenwire/server-kit';

import { websocketTransport } from './websocket.js';

serve({ name: 'server-websocket', defaultPort: TRANSPORTS.websocket.defaultPort, mount: websocketTransport });
