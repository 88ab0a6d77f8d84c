import { defineConfig } from 'vitest/config';

// Tests run their neighbours' live source, never a stale build: the scoped export condition
// selects `src/index.ts` of each workspace. A plain name such as `source` would also match
// third-party packages that happen to use it.
// Only this one and `node`: Vitest hands the list to Node, where `import` would also apply to `require`.
const conditions = ['@tokenwire/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    passWithNoTests: true,
    reporters: ['default', 'json'],
    outputFile: { json: '.vitest-report.json' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
