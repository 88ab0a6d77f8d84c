export { main, type Paper, type Surroundings } from './cli/main.js';
export { PROBLEMS, type Finding, type Problem, type Severity } from './diagnose/problems.js';
export { examine, type Diagnosis, type Examination } from './probes/examine.js';
export type { ProbeResult } from './probes/context.js';
