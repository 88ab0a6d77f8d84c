import { afterAll, describe, it } from 'vitest';

import { cellsOf } from '../src/index.js';
import { bedOf } from './support.js';

const bed = await bedOf('sse');
afterAll(() => bed.close());

describe.each(bed.targets)('$mode', (target) => {
  for (const { title, run } of cellsOf(target)) it(title, run);
});
