import { afterAll, describe } from 'vitest';

import { askAll, bedOf } from './support.js';

const bed = await bedOf('short-poll');
afterAll(() => bed.close());

describe.each(bed.targets)('$mode', askAll);
