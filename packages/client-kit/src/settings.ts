import { type Clock, type GenerationRequest, TokenwireError, parseCursor, systemClock } from '@tokenwire/protocol';
import { type Device, thisDevice } from './device.js';
import { randomToken } from './text.js';
import type { StreamOptions } from './types.js';

/** The options, checked, with their defaults. */
export interface Settings {
  readonly options: StreamOptions;
  readonly request: GenerationRequest | undefined;
  /** Where reading begins, when it continues. */
  readonly start: { readonly id: string; readonly seq: number } | undefined;
  readonly idempotencyKey: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly device: Device;
  readonly random: () => number;
  readonly idleTimeoutMs: number;
}

const HEARTBEAT_MS = 15_000;

/** @throws {TokenwireError} `invalid_request` or `invalid_cursor`, before anything is sent. */
export function settle(options: StreamOptions): Settings {
  const { request, after } = options;
  if ((request === undefined) === (after === undefined)) {
    throw new TokenwireError('invalid_request', 'Give either `request` or `after`.');
  }
  return {
    options,
    request,
    start: after === undefined ? undefined : parseCursor(after),
    idempotencyKey: options.idempotencyKey ?? randomToken(),
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    device: options.device ?? thisDevice,
    random: options.random ?? Math.random,
    idleTimeoutMs: options.idleTimeoutMs ?? 2.5 * HEARTBEAT_MS,
  };
}

/** @throws {TokenwireError} `invalid_request` for what is no address. */
export function baseUrl(url: string | URL): URL {
  try {
    const page = (globalThis as { location?: { href: string } }).location?.href;
    const base = new URL(url, page);
    // The address of a socket is as good as any: `wss://host` means `https://host` for the other routes.
    base.protocol = base.protocol.replace(/^ws/, 'http');
    return base;
  } catch (cause) {
    throw new TokenwireError('invalid_request', '`url` must be an absolute URL.', {
      cause,
    });
  }
}

/** The address of `route` (path and query) below the base, with the base's own query kept. */
export function urlOf(base: URL, route: string): URL {
  const [path = '', query] = route.split('?');
  const url = new URL(base);
  url.pathname = base.pathname.replace(/\/+$/, '') + path;
  if (query !== undefined) url.search += `${url.search ? '&' : '?'}${query}`;
  url.hash = '';
  return url;
}
