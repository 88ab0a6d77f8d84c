import { readFileSync } from 'node:fs';

import type { MachineUse } from '../raw/raw.js';

/** Processor time so far, all processors together, in clock ticks of the kernel. */
interface Ticks {
  readonly total: number;
  readonly busy: number;
  readonly steal: number;
}

/** Watches what else the machine does. Linux tells in `/proc/stat`; elsewhere the answer is null. */
export class MachineWatch {
  readonly #before = readTicks();
  readonly #startMs = performance.now();

  /** @param ownCpuUs processor time that the processes of the trial used meanwhile, this one included. */
  since(ownCpuUs: number): MachineUse {
    const after = readTicks();
    if (!this.#before || !after) return { stealShare: null, othersBusy: null };
    const total = after.total - this.#before.total;
    const wallUs = (performance.now() - this.#startMs) * 1000;
    // Ticks are mostly a hundredth of a second; their length follows from how many there were.
    const processors = readProcessors();
    const tickUs = (wallUs * processors) / Math.max(1, total);
    const busyUs = (after.busy - this.#before.busy) * tickUs;
    return {
      stealShare: (after.steal - this.#before.steal) / Math.max(1, total),
      othersBusy: Math.max(0, (busyUs - ownCpuUs) / wallUs),
    };
  }
}

/** First line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal (proc(5)). */
function readTicks(): Ticks | undefined {
  const numbers = readStat()[0]?.trim().split(/\s+/).slice(1, 9).map(Number);
  if (!numbers || numbers.length < 8 || numbers.some(Number.isNaN)) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers;
  const busy = user + nice + system + irq + softirq;
  return { total: busy + idle + iowait + steal, busy, steal };
}

function readProcessors(): number {
  return Math.max(1, readStat().filter((line) => /^cpu\d/.test(line)).length);
}

function readStat(): readonly string[] {
  try {
    return readFileSync('/proc/stat', 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The larger of each; what is not known does not count. */
export function worse(one: MachineUse, other: MachineUse): MachineUse {
  const larger = (a: number | null, b: number | null): number | null =>
    a === null ? b : b === null ? a : Math.max(a, b);
  return {
    stealShare: larger(one.stealShare, other.stealShare),
    othersBusy: larger(one.othersBusy, other.othersBusy),
  };
}
