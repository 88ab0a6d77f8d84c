import { defineConfig } from 'vitest/config';

import shared from '../../vitest.shared.ts';

// The shared settings, but for what is run: lists are joined when settings are merged. Most of the time is waiting.
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ['test/bugs/all-bugs.ts'], maxConcurrency: 4, reporters: ['verbose'] },
});
