import type { Program } from './proxy.js';

/** What a configuration can do to streams. */
export type Harm =
  /** A mode is refused altogether. */
  | 'refused'
  /** Tokens come, but late and many at once. */
  | 'held';

/** The lines of the documented configurations that repair what the stock ones do. The same words as in the files. */
export const REPAIRS: Readonly<Record<Program, Partial<Record<Harm, readonly string[]>>>> = {
  nginx: {
    refused: [
      'proxy_http_version 1.1;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection $connection_upgrade;',
    ],
    held: ['proxy_buffering off;'],
  },
  haproxy: { held: ['option http-no-delay'] },
  caddy: {},
};
