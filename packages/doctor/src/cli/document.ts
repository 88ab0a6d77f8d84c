import type { Diagnosis } from '../probes/examine.js';
import type { Machine } from './machine.js';
import { plain } from './plain.js';
import { figuresOf, problemsOf } from './summary.js';

/** So many arrivals of a probe are listed; a picture needs no more. */
const MAX_ARRIVALS = 500;

/** The JSON document. Its fields are described in docs/doctor.md. */
export function documentOf(
  { url, server, alpn, hops, probes, findings, verdict }: Diagnosis,
  machine: Machine,
): string {
  const document = {
    version: 1,
    url: plain(url.href),
    verdict,
    server,
    alpn: alpn ?? null,
    hops,
    probes: probes.map((probe) => ({
      ...figuresOf(probe),
      arrivals: (probe.answer?.wire ?? []).slice(0, MAX_ARRIVALS).map(({ atMs, bytes }) => [Math.round(atMs), bytes]),
    })),
    problems: problemsOf(findings, hops),
    machine: { ...machine, nodeWarning: machine.nodeWarning ?? null },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
