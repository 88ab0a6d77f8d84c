import type { Requirement } from './requirement.js';
import { accessRequirements } from './requirements/access.js';
import { applicationRequirements } from './requirements/application.js';
import { batchRequirements } from './requirements/batch.js';
import { chunkedRequirements } from './requirements/chunked.js';
import { clientRequirements } from './requirements/clients.js';
import { combinedRequirements } from './requirements/combined.js';
import { contentRequirements } from './requirements/content.js';
import { cursorRequirements } from './requirements/cursor.js';
import { cutRequirements } from './requirements/cuts.js';
import { departureRequirements } from './requirements/departures.js';
import { errorRequirements } from './requirements/errors.js';
import { headerRequirements } from './requirements/headers.js';
import { heartbeatRequirements } from './requirements/heartbeat.js';
import { idempotencyRequirements } from './requirements/idempotency.js';
import { lifecycleRequirements } from './requirements/lifecycle.js';
import { lostHistoryRequirements } from './requirements/lost-history.js';
import { networkRequirements } from './requirements/network.js';
import { orderRequirements } from './requirements/order.js';
import { overloadRequirements } from './requirements/overload.js';
import { pollingRequirements } from './requirements/polling.js';
import { readerRequirements } from './requirements/readers.js';
import { resumeRequirements } from './requirements/resume.js';
import { shutdownRequirements } from './requirements/shutdown.js';
import { sseRequirements } from './requirements/sse.js';
import { startRequestRequirements } from './requirements/start-request.js';
import { stopMomentRequirements } from './requirements/stop-moments.js';
import { stopRequirements } from './requirements/stop.js';
import { upstreamContentRequirements } from './requirements/upstream-content.js';
import { upstreamFaultRequirements } from './requirements/upstream-faults.js';
import { upstreamSilenceRequirements } from './requirements/upstream-silence.js';
import { upstreamRequirements } from './requirements/upstream.js';
import { websocketErrorRequirements } from './requirements/websocket-errors.js';
import { websocketRequirements } from './requirements/websocket.js';

/** Requirements by subject, in the order in which they are asked. */
export const GROUPS: Readonly<Record<string, readonly Requirement[]>> = {
  'Order and completeness': orderRequirements,
  Content: contentRequirements,
  Resuming: resumeRequirements,
  Readers: readerRequirements,
  Departures: departureRequirements,
  Applications: applicationRequirements,
  Stopping: stopRequirements,
  'Moments of a stop': stopMomentRequirements,
  Errors: errorRequirements,
  'Cut connections': cutRequirements,
  'Broken networks': networkRequirements,
  Clients: clientRequirements,
  Headers: headerRequirements,
  Idempotency: idempotencyRequirements,
  Batch: batchRequirements,
  'Chunked transfer': chunkedRequirements,
  'Server-Sent Events': sseRequirements,
  Polling: pollingRequirements,
  WebSocket: websocketRequirements,
  'WebSocket errors': websocketErrorRequirements,
  Heartbeat: heartbeatRequirements,
  Upstream: upstreamRequirements,
  'Faults of an upstream': upstreamFaultRequirements,
  'Silence of an upstream': upstreamSilenceRequirements,
  'Content of an upstream': upstreamContentRequirements,
  'Combined server': combinedRequirements,
  'Start requests': startRequestRequirements,
  Cursors: cursorRequirements,
  'Lost history': lostHistoryRequirements,
  Overload: overloadRequirements,
  Access: accessRequirements,
  Shutdown: shutdownRequirements,
  // Last: it looks at what the others have left behind.
  'Life of a server': lifecycleRequirements,
};

/** Every requirement, in that order. */
export const REQUIREMENTS: readonly Requirement[] = Object.values(GROUPS).flat();
