import { mergeConfig } from 'vitest/config';

import shared from '../../vitest.shared.ts';

// Most of this suite's time is waiting for timetables that have to pass.
export default mergeConfig(shared, { test: { maxWorkers: 3, maxConcurrency: 4 } });
