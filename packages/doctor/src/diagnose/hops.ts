import { header, type Answer } from '../wire/exchange.js';

/** What may stand between a server and its readers, as far as the doctor knows how to configure it. */
export const HOPS = {
  nginx: 'nginx',
  haproxy: 'HAProxy',
  caddy: 'Caddy',
  apache: 'Apache',
  traefik: 'Traefik',
  envoy: 'Envoy',
  cloudflare: 'Cloudflare',
  alb: 'AWS load balancer',
  cloudfront: 'Amazon CloudFront',
  express: 'Express',
} as const;

export type Hop = keyof typeof HOPS;

type Sign = readonly [hop: Hop, sign: (headers: Pick<Answer, 'headers'>, body: string) => boolean];

const says = (name: string, what: RegExp) => (headers: Pick<Answer, 'headers'>) =>
  what.test(header(headers, name) ?? '');
const has = (name: string) => (headers: Pick<Answer, 'headers'>) => header(headers, name) !== undefined;

/** How each shows itself. HAProxy and Traefik say nothing of themselves; their own error pages do. */
const SIGNS: readonly Sign[] = [
  ['cloudflare', (headers) => has('cf-ray')(headers) || says('server', /^cloudflare/i)(headers)],
  ['cloudfront', (headers) => has('x-amz-cf-id')(headers) || says('via', /cloudfront/i)(headers)],
  ['alb', says('server', /^awselb/i)],
  ['nginx', says('server', /nginx|openresty|tengine/i)],
  ['caddy', (headers) => says('server', /^caddy/i)(headers) || says('via', /caddy/i)(headers)],
  ['apache', says('server', /apache/i)],
  ['envoy', (headers) => has('x-envoy-upstream-service-time')(headers) || says('server', /envoy|istio/i)(headers)],
  ['haproxy', (_, body) => /No server is available to handle this request|didn't respond in time\./.test(body)],
  ['traefik', (headers) => says('server', /traefik/i)(headers)],
  ['express', says('x-powered-by', /express/i)],
];

/** The hops that an answer shows, nearest to the reader first as far as that can be known. */
export function hopsOf(answer: Pick<Answer, 'headers' | 'head'>): readonly Hop[] {
  return SIGNS.filter(([, sign]) => sign(answer, answer.head)).map(([hop]) => hop);
}
