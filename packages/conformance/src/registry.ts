import type { Requirement } from './requirement.js';
import { batchRequirements } from './requirements/batch.js';
import { chunkedRequirements } from './requirements/chunked.js';
import { combinedRequirements } from './requirements/combined.js';
import { contentRequirements } from './requirements/content.js';
import { cursorRequirements } from './requirements/cursor.js';
import { cutRequirements } from './requirements/cuts.js';
import { errorRequirements } from './requirements/errors.js';
import { headerRequirements } from './requirements/headers.js';
import { heartbeatRequirements } from './requirements/heartbeat.js';
import { idempotencyRequirements } from './requirements/idempotency.js';
import { lifecycleRequirements } from './requirements/lifecycle.js';
import { orderRequirements } from './requirements/order.js';
import { pollingRequirements } from './requirements/polling.js';
import { readerRequirements } from './requirements/readers.js';
import { resumeRequirements } from './requirements/resume.js';
import { sseRequirements } from './requirements/sse.js';
import { startRequestRequirements } from './requirements/start-request.js';
import { stopRequirements } from './requirements/stop.js';
import { upstreamRequirements } from './requirements/upstream.js';
import { websocketErrorRequirements } from './requirements/websocket-errors.js';
import { websocketRequirements } from './requirements/websocket.js';

/** Every requirement, grouped by subject. `lifecycle` is last: it looks at what the others have left behind. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...orderRequirements,
  ...contentRequirements,
  ...resumeRequirements,
  ...readerRequirements,
  ...stopRequirements,
  ...errorRequirements,
  ...cutRequirements,
  ...headerRequirements,
  ...idempotencyRequirements,
  ...batchRequirements,
  ...chunkedRequirements,
  ...sseRequirements,
  ...pollingRequirements,
  ...websocketRequirements,
  ...websocketErrorRequirements,
  ...heartbeatRequirements,
  ...upstreamRequirements,
  ...combinedRequirements,
  ...startRequestRequirements,
  ...cursorRequirements,
  ...lifecycleRequirements,
];
