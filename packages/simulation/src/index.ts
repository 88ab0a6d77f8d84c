export { drawPlan } from './draw.js';
export { live, type Life } from './life.js';
export { partsOf, without, type Plan } from './plan.js';
export { RULES, type Rule, type Violation } from './verdict.js';
export type { Core, Tally } from './world.js';
