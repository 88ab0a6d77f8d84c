import { finder, outcomeFinding } from '../diagnose/answers.js';
import { hopsOf, type Hop } from '../diagnose/hops.js';
import { severityOf, type Finding } from '../diagnose/problems.js';
import { exchangeOver, negotiated } from '../wire/exchange-any.js';
import { type Context, type ProbeResult } from './context.js';
import { detect } from './detect.js';
import { probeEndpoint } from './generic.js';
import { probeIdle } from './idle.js';
import { probeSocket, probeUnknownSocket } from './sockets.js';
import { examineModes } from './tokenwire.js';

/** What is to be examined, and how. */
export interface Examination {
  /** `http:`, `https:`, `ws:` or `wss:`. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: GET, or POST with `data`. Method, data and accept undefined: find out what is there. */
  readonly method?: string | undefined;
  readonly data?: string | undefined;
  readonly accept?: string | undefined;
  readonly origin?: string | undefined;
  readonly idleMs: number;
  readonly limitMs: number;
  readonly insecure: boolean;
}

/** What came of it all. `unknown`: some of it could not be judged, and nothing that was is bad. */
export interface Diagnosis {
  readonly url: URL;
  readonly server: 'tokenwire' | 'other';
  /** What TLS agreed on; undefined without TLS. */
  readonly alpn: string | undefined;
  readonly hops: readonly Hop[];
  readonly probes: readonly ProbeResult[];
  readonly findings: readonly Finding[];
  readonly verdict: 'healthy' | 'harmed' | 'unknown';
}

type Seen = Pick<Diagnosis, 'server' | 'probes'>;

/** What is asked for when nobody says what a URL streams. */
const ACCEPT = 'text/event-stream, application/x-ndjson;q=0.9, */*;q=0.1';

/** Examines a URL. Never throws for what a server does. */
export async function examine(
  examination: Examination,
  signal: AbortSignal,
  progress: (what: string) => void,
): Promise<Diagnosis> {
  const { url, headers, limitMs, idleMs, insecure, origin } = examination;
  const alpn = await negotiated(url, insecure);
  const exchange = exchangeOver(alpn);
  const context = { url, headers, limitMs, idleMs, insecure, origin, signal, exchange, progress };
  const { server, probes } = /^wss?:$/.test(url.protocol)
    ? await examineSocket(context, examination)
    : await examineHttp(context, examination);
  const findings = probes.flatMap((probe) => probe.findings);
  if (alpn === 'http/1.1') findings.push(finder('TLS')('no-http2', 'ALPN: h2 was offered, http/1.1 chosen'));
  const harmed = findings.some((finding) => severityOf(finding) === 'harm');
  const judged = probes.length > 0 && probes.every((probe) => probe.judged);
  const hops = new Set(probes.flatMap(({ answer }) => (answer === undefined ? [] : hopsOf(answer))));
  const verdict = harmed ? 'harmed' : judged ? 'healthy' : 'unknown';
  return { url, server, alpn, hops: [...hops], probes, findings, verdict };
}

async function examineSocket(context: Context, { data }: Examination): Promise<Seen> {
  if (data === undefined && context.url.pathname.endsWith('/generations')) {
    const idle = context.idleMs > 0 ? [probeIdle(context, 'websocket')] : [];
    return { server: 'tokenwire', probes: await Promise.all([probeSocket(context), ...idle]) };
  }
  return { server: 'other', probes: [await probeUnknownSocket(context, data === undefined ? [] : [data])] };
}

async function examineHttp(context: Context, examination: Examination): Promise<Seen> {
  const { url, method, data, accept } = examination;
  const said = method !== undefined || data !== undefined || accept !== undefined;
  if (!said && url.search === '' && url.pathname.endsWith('/')) {
    const found = await detect(context);
    if (found !== undefined && 'modes' in found)
      return { server: 'tokenwire', probes: await examineModes(context, found) };
    if (found !== undefined) {
      const finding = outcomeFinding(found, finder('POST /generations'));
      const findings = finding === undefined ? [] : [finding];
      return { server: 'tokenwire', probes: [{ name: 'POST /generations', findings, judged: false, answer: found }] };
    }
  }
  const chat = !said && url.pathname.endsWith('/chat/completions');
  const body = chat ? CHAT : data;
  const request = {
    url,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { accept: accept ?? ACCEPT, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  };
  return { server: 'other', probes: [await probeEndpoint(context, request)] };
}

/** A question that any model answers at some length; servers with one model take any name. */
const CHAT = JSON.stringify({
  model: 'default',
  stream: true,
  max_tokens: 200,
  messages: [{ role: 'user', content: 'Count from one to sixty, in words.' }],
});
