import type { Hop } from './hops.js';
import type { Problem } from './problems.js';

/** What to write, and where. */
export interface Remedy {
  readonly where: Hop | 'server' | 'page' | 'client';
  /** Lines of configuration, or a sentence. */
  readonly lines: readonly string[];
}

type Lines = Partial<Record<Remedy['where'], readonly string[]>>;

const UPGRADE: Lines = {
  nginx: [
    'proxy_http_version 1.1;',
    'proxy_set_header Upgrade $http_upgrade;',
    'proxy_set_header Connection "upgrade";',
  ],
  apache: ['ProxyPass "/" "http://SERVER:PORT/" upgrade=websocket   (2.4.47 or newer, mod_proxy_http)'],
  haproxy: ['mode http passes upgrades by itself: look for rules that delete Upgrade or Connection, and for alpn h2'],
  caddy: ['reverse_proxy passes upgrades by itself: look for header_up -Upgrade or -Connection'],
  envoy: ['upgrade_configs: [{ upgrade_type: websocket }]'],
  cloudflare: ['Network › WebSockets: on'],
  alb: ['an HTTP(S) listener passes upgrades; a target group of protocol version HTTP2 does not: use HTTP1'],
  cloudfront: ['origin request policy: AllViewer, or forward Sec-WebSocket-Key, -Version and -Protocol'],
  server: ['the path must be one that accepts upgrades; for tokenwire: /generations'],
};

const IDLE: Lines = {
  nginx: ['proxy_read_timeout 1h;   (default 60s)', 'proxy_send_timeout 1h;'],
  haproxy: ['timeout server 1h', 'timeout client 1h', 'timeout tunnel 1h   (WebSockets)'],
  apache: ['ProxyPass "/" "http://SERVER:PORT/" timeout=3600   (default: ProxyTimeout, else Timeout 60)'],
  caddy: ['reverse_proxy has no idle limit: look for read_timeout, write_timeout and stream_timeout'],
  traefik: ['entryPoints.NAME.transport.respondingTimeouts: { readTimeout: 0, writeTimeout: 0 }'],
  envoy: ['route: { timeout: 0s, idle_timeout: 3600s }', 'stream_idle_timeout: 3600s   (default 5m)'],
  alb: ['idle_timeout.timeout_seconds = 3600   (default 60)'],
  cloudflare: ['Proxy Read Timeout is 120 s, more for Enterprise only: heartbeats more often than that'],
  cloudfront: ['origin response timeout (default 30 s): raise it, and send heartbeats more often than that'],
  server: ['heartbeats at less than half of the shortest limit on the way; tokenwire: --heartbeat-ms 15000'],
};

const BUFFERING: Lines = {
  nginx: [
    'proxy_buffering off;   (or the server sends X-Accel-Buffering: no, and proxy_ignore_headers does not name it)',
  ],
  haproxy: ['option http-no-delay', 'remove: filters that need the whole body, http-response wait-for-body'],
  caddy: [
    'remove: response_buffers, buffer_responses: answers without a length are flushed by default',
    'flush_interval -1 for the rest; but then a reader that leaves is not noticed',
  ],
  apache: ['ProxyPass "/" "http://SERVER:PORT/" flushpackets=on', 'remove mod_buffer: SetOutputFilter BUFFER'],
  traefik: ['loadBalancer: responseForwarding: flushInterval: 1ms', 'remove the middleware buffering'],
  envoy: ['remove envoy.filters.http.buffer from the route'],
  cloudflare: ['Response Buffering: off   (the default)', 'Cache-Control: no-transform from the server'],
  alb: ['does not buffer; look at the hop behind it. AWS Lambda targets do'],
  cloudfront: ['a cache policy without caching; compression off for this behaviour'],
  express: ['res.flushHeaders(); with compression(): res.flush() after each message'],
  server: ['write and flush each message when it is there; then ask this server without any hop, to see who holds'],
};

const COMPRESSION: Lines = {
  nginx: ['gzip off;   in this location, or take the type out of gzip_types'],
  haproxy: ['take the type out of: compression type …   (or the server sends Cache-Control: no-transform)'],
  caddy: [
    '@others not path /generations* /stream*',
    'encode @others   (or take the type out of encode { match { … } }: by default it leaves event streams alone)',
  ],
  apache: ['SetEnv no-gzip 1', 'SetEnv no-brotli 1'],
  traefik: ['compress: excludedContentTypes: [text/event-stream, application/x-ndjson]'],
  cloudflare: ['Rules › Compression Rules: off for this path, or Cache-Control: no-transform from the server'],
  cloudfront: ['cache behaviour: compress objects automatically: no'],
  express: ['compression({ filter: (req, res) => !/event-stream|ndjson/.test(res.getHeader("Content-Type")) })'],
  server: ['Cache-Control: no-transform'],
};

const CORS: Lines = {
  server: ['tokenwire: --allow-origin ORIGIN; others: Access-Control-Allow-Origin: ORIGIN and Vary: Origin'],
};

/** Which line repairs what, where. Only what the documentation of each hop says. */
const REMEDIES: Partial<Record<Problem, Lines>> = {
  buffered: BUFFERING,
  'buffered-by-size': BUFFERING,
  grouped: { ...BUFFERING, nginx: ['proxy_buffering off;', 'tcp_nodelay on;   (default)'] },
  'looks-grouped': BUFFERING,
  'headers-late': { ...BUFFERING, nginx: ['proxy_buffering off;'] },
  'no-answer': { ...BUFFERING, server: ['flush the headers before the first message; then look at what holds them'] },
  'compressor-holds': COMPRESSION,
  compressed: COMPRESSION,
  'not-decodable': COMPRESSION,
  'upgrade-refused': UPGRADE,
  'upgrade-broken': UPGRADE,
  'socket-silent': UPGRADE,
  'idle-cut': IDLE,
  'long-poll-cut': { ...IDLE, client: ['ask for a shorter wait than the limit: wait=20'] },
  'gateway-timeout': IDLE,
  'bad-gateway': {
    nginx: ['proxy_pass: is the address right, does the server run, does it listen there?'],
    haproxy: ['server NAME ADDRESS:PORT: is the address right? With check: what does the check ask for?'],
    caddy: ['reverse_proxy ADDRESS: is it right, does the server run?'],
    alb: ['target group: health checks, and a keep-alive of the server above the idle limit'],
    server: ['does it run, and listen on an address that the hop can reach? tokenwire listens on 127.0.0.1 only'],
  },
  http10: {
    nginx: ['proxy_http_version 1.1;   (default since 1.29.7)'],
    apache: ['remove: SetEnv downgrade-1.0, SetEnv force-response-1.0'],
    server: ['answer in HTTP/1.1 with chunked framing'],
  },
  'cut-looks-complete': {
    nginx: ['proxy_http_version 1.1;   (default since 1.29.7): HTTP/1.0 has no other end than the connection’s'],
    caddy: ['a newer Caddy: 2.6 ends an answer in good order when the server’s was cut'],
    client: ['use a mode with a terminal event (sse, chunked as NDJSON), not plain text'],
  },
  'departure-unnoticed': {
    nginx: ['proxy_ignore_client_abort off;   (default)'],
    haproxy: ['option abortonclose'],
    caddy: ['remove: flush_interval -1   (not needed for streams, and it keeps requests alive that nobody reads)'],
    server: ['a policy for readers that leave; tokenwire: onDisconnect'],
  },
  'cut-early': { server: ['look at its log for the time of the cut'], ...IDLE },
  'heartbeats-lost': BUFFERING,
  cached: {
    nginx: ['proxy_cache off;'],
    cloudflare: ['Cache Rules: bypass'],
    cloudfront: ['cache policy: CachingDisabled'],
    apache: ['CacheDisable "/"'],
    server: ['Cache-Control: no-store'],
  },
  'header-lost': {
    nginx: ['remove: proxy_hide_header, and add_header or expires for Cache-Control'],
    haproxy: ['remove: http-response del-header, http-response set-header'],
    caddy: ['remove: header_down -…, header -…'],
    apache: ['remove: Header unset, Header set, ExpiresActive'],
  },
  'content-type-changed': {
    nginx: ['remove: add_header Content-Type, proxy_hide_header Content-Type'],
    server: ['Content-Type: text/event-stream   (or application/x-ndjson)'],
  },
  'header-advice': {
    server: ['Cache-Control: no-store, no-transform', 'X-Accel-Buffering: no'],
  },
  redirect: {
    client: ['use the new URL: a POST may turn into a GET, and WebSockets do not follow'],
    nginx: ['location with and without the last slash; absolute_redirect off;'],
  },
  'cors-missing': CORS,
  'cors-preflight': CORS,
  'cors-details': CORS,
  'cors-double': { ...CORS, nginx: ['remove: add_header Access-Control-Allow-Origin'] },
  'no-http2': {
    nginx: ['http2 on;   (before 1.25.1: listen 443 ssl http2;)'],
    haproxy: ['bind :443 ssl crt FILE alpn h2,http/1.1'],
    apache: ['Protocols h2 http/1.1'],
    caddy: ['servers { protocols h1 h2 h3 }   (the default)'],
  },
};

/** Who usually stands in the way, when nobody says his name. */
const USUAL: readonly Hop[] = ['nginx', 'haproxy', 'caddy'];

/** What repairs a problem: for the hops that showed themselves, else for the usual suspects; and what the server can do. */
export function remediesFor(problem: Problem, hops: readonly Hop[]): readonly Remedy[] {
  const lines = REMEDIES[problem] ?? {};
  const known = hops.filter((hop) => lines[hop] !== undefined);
  const places: readonly Remedy['where'][] = [...(known.length > 0 ? known : USUAL), 'server', 'client'];
  return places.flatMap((where) => {
    const text = lines[where];
    return text === undefined ? [] : [{ where, lines: text }];
  });
}
