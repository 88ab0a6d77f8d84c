import type { Evidence } from './evidence.js';
import type { Requirements } from './requirements.js';

/**
 * What the figures do not tell, because no mode has them.
 * @param streamsEach streams of one process with the recommended mode; 0 when there is none.
 */
export function gapsOf(asked: Requirements, evidence: Evidence, streamsEach: number): readonly string[] {
  const { network, proxy, proxyConfig, streams, http, plainText } = asked;
  const gaps: string[] = [];
  if (network !== 'loopback' && !evidence.has('network', [network])) {
    gaps.push(`no figures of the network ${network}: the times are those of one machine`);
  }
  if (proxy !== 'none' && proxy !== 'unknown' && !evidence.has('proxies', [proxy, proxyConfig])) {
    gaps.push(`no figures of ${proxy} (${proxyConfig}): only what its documentation says is considered`);
  }
  if (proxy === 'unknown') gaps.push('nobody knows what stands in between: ask it with npm run doctor -- <url>');
  if (http === 2) gaps.push('HTTP/2 lifts the limit of connections; the figures are those of HTTP/1.1');
  if (plainText) gaps.push('the figures are those of events; plain text has fewer bytes');
  if (!evidence.has('streams')) gaps.push(`no figures of concurrent streams: nothing is said of ${streams} at once`);
  const most = evidence.largest('streams', 'streams');
  if (streamsEach > most && most > 0)
    gaps.push(`${streamsEach} streams in one process were not measured, ${most} were`);
  if (!evidence.has('wire')) gaps.push('no wire ledger: nothing is said of bytes');
  return gaps;
}
