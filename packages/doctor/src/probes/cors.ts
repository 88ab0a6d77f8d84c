import type { Find } from '../diagnose/answers.js';
import type { Finding } from '../diagnose/problems.js';
import { header, type Answer, type Request } from '../wire/exchange.js';
import { ask, type Context } from './context.js';

/** Whether a page of the user's `--origin` could make this request and read its answer. Nothing without `--origin`. */
export async function corsFindings(
  context: Context,
  request: Request,
  answer: Answer,
  find: Find,
): Promise<readonly Finding[]> {
  const { origin } = context;
  if (origin === undefined || origin === request.url.origin) return [];
  const findings = readable(answer, origin, find);
  const needs = preflightHeaders({ ...request.headers, ...context.headers });
  if (needs.length === 0) return findings;
  context.progress('asking a preflight');
  // A browser sends no credentials with it.
  const preflight = await ask(
    { ...context, headers: {} },
    {
      url: request.url,
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': request.method ?? 'GET',
        'access-control-request-headers': needs.join(','),
      },
    },
  );
  return preflight.kind === 'answer' ? [...findings, ...permitted(preflight, origin, needs, find)] : findings;
}

/** The `Origin` header of the user's page, if there is one. */
export function originHeader({ origin }: Context): Readonly<Record<string, string>> {
  return origin === undefined ? {} : { origin };
}

/** A refusal that only a page of that origin gets is a matter of CORS. */
export function refusedPage({ origin }: Context, wrong: Finding | undefined, find: Find): Finding | undefined {
  if (origin === undefined || wrong?.problem !== 'refused') return wrong;
  return find('cors-missing', `Origin: ${origin}`, ...wrong.evidence);
}

function readable(answer: Answer, origin: string, find: Find): readonly Finding[] {
  const values = answer.headers.filter(([name]) => name === 'access-control-allow-origin').map(([, value]) => value);
  const [allowed] = values;
  if (values.length > 1 || allowed?.includes(','))
    return [find('cors-double', `Access-Control-Allow-Origin: ${values.join(' · ')}; browsers accept one value only`)];
  if (allowed !== '*' && allowed !== origin)
    return [find('cors-missing', `Origin: ${origin}; Access-Control-Allow-Origin: ${allowed ?? 'none'}`)];
  const details: string[] = [];
  if (allowed === origin && !/\borigin\b|\*/i.test(header(answer, 'vary') ?? ''))
    details.push('no Vary: Origin: a cache may give this answer to a page of another origin');
  if (header(answer, 'tokenwire-generation') !== undefined) {
    const exposed = header(answer, 'access-control-expose-headers') ?? '';
    if (!/\btokenwire-generation\b/i.test(exposed))
      details.push('Access-Control-Expose-Headers does not name Tokenwire-Generation: a page cannot resume');
  }
  return details.length === 0 ? [] : [find('cors-details', ...details)];
}

function permitted(preflight: Answer, origin: string, needs: readonly string[], find: Find): readonly Finding[] {
  const allowed = header(preflight, 'access-control-allow-origin');
  if (preflight.status < 200 || preflight.status > 299 || (allowed !== '*' && allowed !== origin))
    return [
      find('cors-preflight', `OPTIONS: status ${preflight.status}; Access-Control-Allow-Origin: ${allowed ?? 'none'}`),
    ];
  const names = (header(preflight, 'access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/);
  const refused = needs.filter((name) => !names.includes(name) && !names.includes('*'));
  return refused.length === 0
    ? []
    : [find('cors-preflight', `Access-Control-Allow-Headers does not name ${refused.join(', ')}`)];
}

/** What a browser asks permission for (Fetch Standard, CORS-safelisted request headers). */
function preflightHeaders(headers: Readonly<Record<string, string>>): readonly string[] {
  const safe = /^(?:accept|accept-encoding|accept-language|content-language|origin|cookie)$/;
  return Object.entries(headers)
    .filter(([name, value]) => !safe.test(name) && !(name === 'content-type' && value.startsWith('text/plain')))
    .map(([name]) => name);
}
