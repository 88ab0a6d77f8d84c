/**
 * Beyond these a trial is not VALID. They were fixed before anything was measured, and look at nothing but the machine
 * and the generator: no limit depends on a figure that is compared.
 */
export const LIMITS = {
  /** Share of all processor time that a hypervisor took. */
  stealShare: 0.02,
  /** Processors that others kept busy. The kernel's own work for loopback counts as theirs, so this is no small number. */
  othersBusy: 0.5,
  /** Share of its processor that the generator used: above it, queues grow in the generator. */
  generatorShare: 0.8,
  /** Event-loop delay of the generator, p99, in milliseconds: so late are arrivals noted. */
  generatorLoopDelayMs: 50,
  /** How late requests were issued, p99, in milliseconds. */
  lagP99Ms: 50,
  /** Share of the streams in flight that Little's law finds waiting in the generator. */
  heldBack: 0.05,
  /** Shares of the generator's ceiling: above the first a row is marked, above the second it is withheld. */
  ceilingMarked: 0.5,
  ceilingWithheld: 0.8,
} as const;
