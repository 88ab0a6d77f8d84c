import {
  answerFindings,
  endingFinding,
  finder,
  flowFinding,
  isStream,
  outcomeFinding,
  type Find,
} from '../diagnose/answers.js';
import { flowOf } from '../diagnose/flow.js';
import { headerAdvice } from '../diagnose/headers.js';
import type { Finding } from '../diagnose/problems.js';
import { ACCEPT_ENCODING } from '../wire/decoder.js';
import { header, mediaType, type Answer, type Request } from '../wire/exchange.js';
import { ask, type Context, type ProbeResult } from './context.js';
import { corsFindings, originHeader } from './cors.js';

/** Watches one answer of an endpoint of which nothing is known. */
export async function probeEndpoint(context: Context, request: Request): Promise<ProbeResult> {
  const name = `${request.method ?? 'GET'} ${request.url.pathname}`;
  const find = finder(name);
  context.progress(`reading ${name}`);
  // A silence of the wanted length fits in.
  const limitMs = Math.max(context.limitMs, context.idleMs === 0 ? 0 : context.idleMs + 1_000);
  const asked = {
    ...request,
    headers: { 'accept-encoding': ACCEPT_ENCODING, ...originHeader(context), ...request.headers },
  };
  const outcome = await ask(context, asked, { limitMs });
  const wrong = outcomeFinding(outcome, find);
  if (wrong !== undefined || outcome.kind !== 'answer')
    return { name, findings: wrong === undefined ? [] : [wrong], judged: false, ...drawn(outcome) };
  const ending = endingFinding(outcome, find);
  const findings = [
    ...answerFindings(outcome, find),
    ...(ending === undefined ? [] : [ending]),
    ...(isStream(outcome) ? headerAdvice(outcome, find) : []),
    ...(await corsFindings(context, asked, outcome, find)),
    ...(await paceFindings(context, asked, outcome, find)),
  ];
  const judged = !findings.some(({ problem }) => problem === 'unclear');
  return { name, findings, judged, answer: outcome };
}

function drawn(outcome: { readonly kind: string }): Partial<ProbeResult> {
  return outcome.kind === 'answer' ? { answer: outcome as Answer } : {};
}

/** The pace; and where it is bad and the answer compressed, whether it is the compressor's fault. */
async function paceFindings(
  context: Context,
  request: Request,
  answer: Answer,
  find: Find,
): Promise<readonly Finding[]> {
  const type = mediaType(answer);
  if (type === 'text/html') return [find('unclear', `the answer is ${type}: this URL is no stream`)];
  const flow = flowOf(answer);
  const finding = flowFinding(answer, flow, find);
  const encoding = header(answer, 'content-encoding');
  if (encoding === undefined || encoding === 'identity' || answer.decodeError !== undefined)
    return finding === undefined ? [] : [finding];
  if (flow.kind === 'unclear') return [flowFinding(answer, flow, find)].filter((one) => one !== undefined);
  if (finding === undefined)
    return [find('compressed', `Content-Encoding: ${encoding}; it is flushed message by message`)];
  context.progress('reading it again, uncompressed');
  const again = await ask(context, { ...request, headers: { ...request.headers, 'accept-encoding': 'identity' } });
  if (again.kind !== 'answer' || flowOf(again).kind !== 'flowing') return [finding];
  const evidence = [
    `Content-Encoding: ${encoding}; the same answer uncompressed flows`,
    ...finding.evidence.slice(0, 1),
  ];
  return [find('compressor-holds', ...evidence)];
}
