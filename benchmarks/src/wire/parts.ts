export { add, NOTHING, totalOf, type Parts } from '@tokenwire/wire';

/** What was captured is no whole exchange, or none that is understood. */
export class UnreadableWire extends Error {}
