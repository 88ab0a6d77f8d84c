import { header, mediaType, type Answer, type Outcome } from '../wire/exchange.js';
import { bufferOf, heapsOf, type Flow } from './flow.js';
import type { Finding, Problem } from './problems.js';
import { judge, type Lateness, type Timetable } from './timetable.js';

/** Makes findings of one probe. */
export type Find = (problem: Problem, ...evidence: string[]) => Finding;

/** Makes findings of the probe `probe`. */
export function finder(probe: string): Find {
  return (problem, ...evidence) => ({ problem, probe, evidence });
}

/** What is wrong when no usable answer came; undefined when it can be looked at further. */
export function outcomeFinding(outcome: Outcome, find: Find): Finding | undefined {
  if (outcome.kind === 'failure') {
    const { stage, reason } = outcome;
    if (stage === 'connect') return find('no-connection', `${outcome.url.host}: ${reason}`);
    return find('not-http', `the connection was accepted, then: ${reason}`);
  }
  if (outcome.kind === 'no-answer')
    return find(
      'no-answer',
      `connected, and the request was sent; no headers within ${seconds(outcome.waitedMs)}`,
      'either the server says nothing, or something holds even the headers until the answer ends',
    );
  return statusFinding(outcome, find);
}

function statusFinding(answer: Answer, find: Find): Finding | undefined {
  const { status, headersMs } = answer;
  if (status === 101 || (status >= 200 && status < 300)) return undefined;
  const after = `status ${status} after ${milliseconds(headersMs)}`;
  if (status >= 300 && status < 400)
    return find('redirect', after, `Location: ${header(answer, 'location') ?? 'none'}`);
  if (status === 504 || status === 524 || status === 408) return find('gateway-timeout', after);
  if (status === 502 || status === 503 || (status >= 520 && status < 530)) return find('bad-gateway', after);
  if (status >= 500) return find('server-error', after);
  const hint =
    status === 401 || status === 403 ? ['a credential can be given: --header "Authorization: Bearer …"'] : [];
  return find('refused', after, ...excerpt(answer), ...hint);
}

/** What is wrong with an answer as such, whatever its pace. */
export function answerFindings(answer: Answer, find: Find): readonly Finding[] {
  const findings: Finding[] = [];
  const { httpVersion, framing, decodeError } = answer;
  if (httpVersion === '1.0')
    findings.push(find('http10', `HTTP/1.0, the body ends with the connection (framing: ${framing})`));
  const age = header(answer, 'age');
  const hit = ['x-cache', 'cf-cache-status', 'x-cache-status'].find((name) =>
    /\bhit\b/i.test(header(answer, name) ?? ''),
  );
  if (hit !== undefined) findings.push(find('cached', `${hit}: ${header(answer, hit)}`));
  else if (age !== undefined && Number(age) > 0) findings.push(find('cached', `Age: ${age}`));
  if (decodeError !== undefined)
    findings.push(find('not-decodable', `Content-Encoding: ${header(answer, 'content-encoding')}; ${decodeError}`));
  return findings;
}

/** How an answer came to its end, when it was no good end. */
export function endingFinding(answer: Answer, find: Find): Finding | undefined {
  if (answer.ending !== 'cut') return undefined;
  const lastMs = answer.wire.at(-1)?.atMs ?? answer.headersMs;
  const silentMs = answer.endMs - lastMs;
  const gaps = answer.wire.map(({ atMs }, i) => atMs - (answer.wire[i - 1]?.atMs ?? answer.headersMs));
  // Silent for longer than ever before: it is the silence that was cut, not the stream.
  if (silentMs >= 1_000 && silentMs > 2 * Math.max(0, ...gaps))
    return find('idle-cut', `cut after ${seconds(silentMs)} without a byte`);
  return find(
    'cut-early',
    `the connection broke after ${answer.wireBytes} bytes, ${seconds(answer.endMs)} after the request`,
  );
}

/** What the pace of an answer says when nothing is known of the server's. */
export function flowFinding(answer: Answer, flow: Flow, find: Find): Finding | undefined {
  switch (flow.kind) {
    case 'flowing':
      return undefined;
    case 'held-to-end':
      return find(
        'buffered',
        `${percent(flow.share)} of ${answer.contentBytes} bytes came in the last twentieth of ${seconds(answer.endMs)}` +
          (flow.units > 0 ? `, ${flow.units} messages` : ''),
        flow.withHeaders
          ? `the headers came with them, after ${seconds(answer.headersMs)}`
          : `the headers came after ${milliseconds(answer.headersMs)}`,
        'a server that says everything at its end looks the same: ask it directly to tell them apart',
      );
    case 'by-size':
      return find(
        'buffered-by-size',
        `${flow.heaps} heaps of ${flow.sizeBytes} bytes (median), most of which end inside a message`,
      );
    case 'grouped':
      return find(
        'looks-grouped',
        `${flow.heaps} heaps of ${flow.perHeap} pieces (median), ${milliseconds(flow.gapMs)} apart`,
        'a server that sends so looks the same: ask it directly to tell them apart',
      );
    case 'unclear':
      return find('unclear', flow.why);
  }
}

/** What tokens of a known timetable say. */
export function latenessFinding(
  answer: Answer,
  lateness: Lateness,
  timetable: Timetable,
  find: Find,
): Finding | undefined {
  const { tokens, heaps, medianMs, firstMs, maxMs, spanMs } = lateness;
  const verdict = judge(lateness, timetable);
  if (verdict === 'flowing') return undefined;
  const numbers =
    `${tokens} tokens that were due every ${timetable.gapMs} ms came in ${heaps} heaps; ` +
    `they waited ${milliseconds(medianMs)} (median), ${milliseconds(maxMs)} (longest)`;
  // Known to be late: one heap that ends inside a message is enough.
  const sizeBytes = bufferOf(heapsOf(answer.content), 1);
  if (sizeBytes !== undefined) return find('buffered-by-size', `heaps of ${sizeBytes} bytes (median)`, numbers);
  if (verdict === 'held-to-end')
    return find('buffered', `the first token came ${seconds(firstMs)} late, of ${seconds(spanMs)}`, numbers);
  return find('grouped', numbers);
}

/** The first line of an error body, for people. */
function excerpt({ head }: Answer): readonly string[] {
  const text = head.replaceAll(/\s+/g, ' ').trim().slice(0, 160);
  return text === '' ? [] : [`it says: ${text}`];
}

/** Whether the answer's type is one whose messages we can tell apart. */
export function isStream(answer: Pick<Answer, 'headers'>): boolean {
  return /event-stream|ndjson|jsonl|json-seq/.test(mediaType(answer));
}

/** `1.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** `120 ms`. */
export function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
