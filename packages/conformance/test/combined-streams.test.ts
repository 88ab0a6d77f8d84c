import { afterAll, describe } from 'vitest';

import { askAll, combinedBed } from './support.js';

const bed = await combinedBed();
afterAll(() => bed.close());

// Two files share the modes of the combined server, so that two workers share the waiting.
describe.each(bed.targets.filter(({ mode }) => !mode.endsWith('poll')))('the combined server over $mode', askAll);
