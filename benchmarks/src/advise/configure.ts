import { PROXY_FACTS } from './proxy-facts.js';
import type { Ranked } from './rank.js';
import type { Requirements } from './requirements.js';

/** Default interval of heartbeats, in seconds. A test holds it against the servers'. */
export const HEARTBEAT_SECONDS = 15;

/** What has to be set for the recommended mode. */
export function configureLines({ mode, poll }: Ranked, asked: Requirements): readonly string[] {
  return [...proxyLines(mode, asked), ...pollLines(mode, poll?.intervalMs), ...limitLines(mode, asked)];
}

/** Server processes that all streams take, as far as the report tells. */
export function capacityText({ capacity }: Ranked, { streams }: Requirements): readonly string[] {
  const { knee, atLeast, processes, streamsEach } = capacity;
  if (knee === null)
    return [`processes: none; the report has no knee of it, so ${streams} streams are taken for one process`];
  if (knee === 0) return ['processes: none; one process did not even keep the fewest streams that were tried'];
  const held = `one process kept ${atLeast ? 'at least ' : ''}${knee} streams at 20 tokens/s within the laboratory’s objective`;
  return [`processes: ${atLeast ? 'at most ' : ''}${processes}, of ${streamsEach} streams each; ${held}`];
}

function proxyLines(mode: Ranked['mode'], { proxy, proxyConfig }: Requirements): readonly string[] {
  if (proxy === 'unknown') {
    return [
      'npm run doctor -- <url> tells what stands in between; @tokenwire/client-ladder leaves a mode that is held back',
    ];
  }
  const facts = PROXY_FACTS[proxy];
  if (!facts) return [];
  const lines = (facts.lines[mode] ?? []).join(' ');
  const set = proxyConfig === 'documented' ? '' : 'as shipped, as asked. --proxy-config documented ranks with ';
  const idle = facts.idleSeconds;
  const quiet =
    idle !== null && (mode === 'sse' || mode === 'chunked' || mode === 'websocket')
      ? [
          `${facts.title} cuts after ${idle} s of silence; heartbeats come every ${HEARTBEAT_SECONDS} s (--heartbeat-ms) [${facts.source}]`,
        ]
      : [];
  return [...(lines ? [`${facts.title}: ${set}${lines}`] : []), ...quiet];
}

function pollLines(mode: Ranked['mode'], intervalMs: number | undefined): readonly string[] {
  if (intervalMs === undefined) return [];
  if (mode === 'short-poll') return [`--next-poll-ms ${intervalMs} on the server`];
  return [`minPollIntervalMs: ${intervalMs} in the client`];
}

function limitLines(mode: Ranked['mode'], asked: Requirements): readonly string[] {
  const lines: string[] = [];
  const { maxResponseSeconds: limit, streams } = asked;
  if (mode === 'long-poll' && limit !== null && limit <= 25)
    lines.push(`waitSeconds: ${Math.max(1, limit - 1)} in the client`);
  if (streams > 200) lines.push(`--max-running ${streams} and --max-connections above what one process gets`);
  if (asked.serverless) lines.push('all requests of an answer must reach the process that has its log');
  return lines;
}
