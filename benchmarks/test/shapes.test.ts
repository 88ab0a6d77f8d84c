import { COMPRESSED } from '../src/scenarios/compression.js';
import { PAYLOAD_CONTROLS } from '../src/scenarios/payload.js';
import { describeTarget } from './support/target-suite.js';

for (const target of [...PAYLOAD_CONTROLS, ...COMPRESSED]) describeTarget(target);
