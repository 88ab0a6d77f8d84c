import { afterAll, describe } from 'vitest';

import { askAll, bedOf } from './support.js';

const bed = await bedOf('chunked');
afterAll(() => bed.close());

describe.each(bed.targets)('$mode', askAll);
