import { mergeConfig } from 'vitest/config';

import shared from '../../vitest.shared.ts';

// Most of this suite's time is waiting for timetables that have to pass; what is measured is time, so not too many at once.
export default mergeConfig(shared, { test: { maxWorkers: 2, maxConcurrency: 3, testTimeout: 180_000 } });
