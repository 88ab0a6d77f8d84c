import { InvalidMeasurement } from './failures.js';
import { askText } from './http.js';

/**
 * CPU time a server process has used so far, user and kernel, in microseconds, from its `/metrics`.
 * @throws {InvalidMeasurement} when it does not tell.
 */
export async function cpuUs(url: string): Promise<number> {
  return cpuFromMetrics(await askText(`${url}/metrics`, { headers: { accept: 'text/plain' } }));
}

/** @throws {InvalidMeasurement} when one of the two lines is missing. */
export function cpuFromMetrics(metrics: string): number {
  const seconds = ['user', 'system'].map((kind) => {
    const line = new RegExp(`^process_cpu_${kind}_seconds_total (\\S+)$`, 'm').exec(metrics);
    return line ? Number(line[1]) : Number.NaN;
  });
  const total = (seconds[0] ?? Number.NaN) + (seconds[1] ?? Number.NaN);
  if (Number.isFinite(total)) return total * 1e6;
  throw new InvalidMeasurement('the server’s /metrics does not tell its CPU time');
}
