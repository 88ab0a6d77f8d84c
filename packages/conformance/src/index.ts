export { CLIENTS } from './clients.js';
export * from './fault-proxy/index.js';
export { eventually, within } from './harness/eventually.js';
export { startProgram, startServer, type RunningServer, type ServerOptions } from './harness/server-process.js';
export { Upstream, type UpstreamCall, type UpstreamModel } from './harness/upstream.js';
export { cellsOf, exemptionsOf, exemptionTable, notAskedBecause, type Cell, type Exemption } from './matrix.js';
export { GROUPS, REQUIREMENTS } from './registry.js';
export type { Exemptions, Requirement, Section, Source } from './requirement.js';
export { ABILITIES, offers, type Ability, type Target } from './target.js';
