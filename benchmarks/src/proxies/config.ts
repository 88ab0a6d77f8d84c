import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Program, Variant } from './proxy.js';

/** The addresses in the files: of the proxy, and of the server behind it. */
const OWN_PORT = /\b8080\b/g;
const SERVER = /\b127\.0\.0\.1:4000\b/g;

const FILE: Readonly<Record<Program, (variant: 'stock' | 'documented') => string>> = {
  nginx: (variant) => `nginx-${variant}.conf`,
  haproxy: (variant) => `haproxy-${variant}.cfg`,
  caddy: (variant) => `caddy-${variant}.Caddyfile`,
};

/** What makes other variants of a file: a text in it, and what stands there instead. Caddy takes HTTP/2 by an option. */
const H2: Readonly<Record<Program, readonly [from: string, to: string]>> = {
  nginx: ['listen 127.0.0.1:8080;', 'listen 127.0.0.1:8080 http2;'],
  haproxy: ['bind 127.0.0.1:8080', 'bind 127.0.0.1:8080 proto h2'],
  caddy: ['bind 127.0.0.1', 'bind 127.0.0.1'],
};
const UNAWARE = ['proxy_pass', 'proxy_ignore_headers X-Accel-Buffering;\n        proxy_pass'] as const;

/** Folder of the configurations, as people would write them. */
export const CONFIG_FOLDER = fileURLToPath(new URL('../../proxies/', import.meta.url));

/** The part of the configuration that a person writes, with the addresses of the examples. */
export function exampleOf(program: Program, variant: Variant): string {
  const base = variant === 'stock' || variant === 'unaware' ? 'stock' : 'documented';
  const text = readFileSync(CONFIG_FOLDER + FILE[program](base), 'utf8');
  if (variant === 'h2') return replaced(text, ...H2[program]);
  return variant === 'unaware' ? replaced(text, ...UNAWARE) : text;
}

/** The same with the real addresses. */
export function configOf(program: Program, variant: Variant, port: number, serverUrl: string): string {
  // The own port first: that of the server may be 8080, too.
  return exampleOf(program, variant).replaceAll(OWN_PORT, String(port)).replaceAll(SERVER, new URL(serverUrl).host);
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the configuration does not contain "${from}"`);
  return text.replace(from, to);
}
