import type { Measured } from '../compare/modes.js';
import { REPAIRS } from '../proxies/repairs.js';
import type { Proxy } from './requirements.js';

/** Something that a proxy does to a mode, and what repairs it. */
export interface Breakage {
  readonly text: string;
  readonly repair: string;
  readonly source: string;
}

/** What the documentation of a proxy says. Used where the laboratory has no row, and for the lines to configure. */
export interface ProxyFacts {
  readonly title: string;
  /** Modes that do not work as shipped. */
  readonly breaks: Readonly<Partial<Record<Measured, Breakage>>>;
  /** Lines that make all modes work; none where nothing has to be configured. */
  readonly lines: Readonly<Partial<Record<Measured, readonly string[]>>>;
  /** How long a connection may be silent as shipped, in seconds; null where nothing is cut. */
  readonly idleSeconds: number | null;
  readonly source: string;
}

const NGINX = 'nginx.org/en/docs/http/ngx_http_proxy_module.html';
// A header of its own for requests that are no upgrade: the map belongs outside of `server`.
const NGINX_MAP = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }";
const NGINX_UPGRADE = [NGINX_MAP, ...(REPAIRS.nginx.refused ?? [])];
const NGINX_STREAM = REPAIRS.nginx.held ?? [];
const HAPROXY = REPAIRS.haproxy.held ?? [];

/** What stands in front of servers, as documented by those who make it. */
export const PROXY_FACTS: Readonly<Partial<Record<Proxy, ProxyFacts>>> = {
  nginx: {
    title: 'nginx',
    breaks: {
      websocket: {
        text: 'nginx as shipped does not pass Upgrade and Connection on',
        repair: NGINX_UPGRADE.join(' '),
        source: 'nginx.org/en/docs/http/websocket.html',
      },
    },
    // Our servers also say X-Accel-Buffering: no, which nginx obeys; the line is for those that do not.
    lines: { websocket: NGINX_UPGRADE, sse: NGINX_STREAM, chunked: NGINX_STREAM },
    idleSeconds: 60,
    source: NGINX,
  },
  haproxy: {
    title: 'HAProxy',
    breaks: {},
    // Without it the kernel may wait for more before it sends.
    lines: { sse: HAPROXY, chunked: HAPROXY, websocket: HAPROXY },
    idleSeconds: 50,
    source: 'docs.haproxy.org, timeout server and option http-no-delay; 50 s in the configuration that Debian ships',
  },
  caddy: {
    title: 'Caddy',
    breaks: {},
    lines: {},
    idleSeconds: null,
    source: 'caddyserver.com/docs/caddyfile/directives/reverse_proxy, Streaming',
  },
  cloudflare: {
    title: 'Cloudflare',
    breaks: {},
    lines: {},
    idleSeconds: 100,
    source: 'developers.cloudflare.com/fundamentals/reference/connection-limits, Proxy Read Timeout',
  },
  alb: {
    title: 'AWS Application Load Balancer',
    breaks: {},
    lines: {},
    idleSeconds: 60,
    source: 'docs.aws.amazon.com/elasticloadbalancing, idle timeout',
  },
};
