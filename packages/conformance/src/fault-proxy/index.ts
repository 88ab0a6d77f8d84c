// A TCP proxy that injects faults. Nothing here imports a client, a test runner or any package.
export type { ConnectionEvent } from './connection.js';
export type { ConnectionFaults, DirectionFaults, Ending, Plan, Way } from './faults.js';
export { FaultProxy, type FaultProxyOptions } from './fault-proxy.js';
export { scheduledFaults, type ScheduleOptions } from './schedule.js';
