import { mergeConfig } from 'vitest/config';

import shared from '../../vitest.shared.ts';

// Most of this suite's time is waiting: for grace periods, silences and server processes.
export default mergeConfig(shared, { test: { maxWorkers: 3, maxConcurrency: 3 } });
