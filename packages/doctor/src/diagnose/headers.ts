import { header, type Answer } from '../wire/exchange.js';
import type { Find } from './answers.js';
import { hopsOf } from './hops.js';
import type { Finding } from './problems.js';

/** The headers of every stream, as the protocol has them; `consumed`: a hop may take it for itself and keep it. */
const STREAM_HEADERS: readonly { readonly name: string; readonly value: RegExp; readonly says: string }[] = [
  {
    name: 'cache-control',
    value: /\bno-store\b.*\bno-transform\b|\bno-transform\b.*\bno-store\b/,
    says: 'no-store, no-transform',
  },
  { name: 'x-content-type-options', value: /^nosniff$/i, says: 'nosniff' },
  { name: 'incremental', value: /^\?1$/, says: '?1' },
  { name: 'tokenwire-generation', value: /^gen_[A-Za-z0-9]+$/, says: 'the generation' },
  { name: 'location', value: /\/generations\/gen_[A-Za-z0-9]+$/, says: '/generations/<id>' },
];

/**
 * Compares the headers of a tokenwire stream with what the protocol says the server sends. `X-Accel-Buffering` may be
 * missing behind nginx, which obeys and drops it.
 */
export function lostHeaders(answer: Answer, type: string, find: Find): readonly Finding[] {
  const findings: Finding[] = [];
  const arrived = header(answer, 'content-type') ?? 'none';
  if (!arrived.toLowerCase().startsWith(type))
    findings.push(find('content-type-changed', `sent: ${type}; arrived: ${arrived}`));
  const expected = hopsOf(answer).includes('nginx')
    ? STREAM_HEADERS
    : [...STREAM_HEADERS, { name: 'x-accel-buffering', value: /^no$/i, says: 'no' }];
  const lost = expected.flatMap(({ name, value, says }) => {
    const got = header(answer, name);
    return got !== undefined && value.test(got) ? [] : [`${name}: ${says} was sent; arrived: ${got ?? 'nothing'}`];
  });
  if (lost.length > 0) findings.push(find('header-lost', ...lost));
  return findings;
}

/** What the headers of a stream of unknown make leave open. */
export function headerAdvice(answer: Answer, find: Find): readonly Finding[] {
  const missing: string[] = [];
  const cache = header(answer, 'cache-control') ?? '';
  if (!/\bno-(?:store|cache)\b/.test(cache)) missing.push('no Cache-Control: no-store: a cache may keep it');
  if (!/\bno-transform\b/.test(cache)) missing.push('no Cache-Control: no-transform: hops may compress it');
  if (header(answer, 'x-accel-buffering') === undefined && !hopsOf(answer).includes('nginx'))
    missing.push('no X-Accel-Buffering: no: an nginx on the way will hold it back');
  return missing.length === 0 ? [] : [find('header-advice', ...missing)];
}
