/** The four wire transports. Each has one server app and one client package. */
export const TRANSPORTS = {
  chunked: { title: 'HTTP chunked transfer', modes: ['chunked'], defaultPort: 4001 },
  sse: { title: 'Server-Sent Events', modes: ['sse'], defaultPort: 4002 },
  websocket: { title: 'WebSocket', modes: ['websocket'], defaultPort: 4003 },
  polling: { title: 'Polling', modes: ['long-poll', 'short-poll'], defaultPort: 4004 },
} as const satisfies Record<string, TransportInfo>;

interface TransportInfo {
  /** What people call it. */
  readonly title: string;
  /** The modes it carries: long and short polling share one server and one client. */
  readonly modes: readonly string[];
  /** TCP port its server listens on unless told otherwise. */
  readonly defaultPort: number;
}

export type Transport = keyof typeof TRANSPORTS;

/** One way of streaming that is compared with the others. */
export type Mode = (typeof TRANSPORTS)[Transport]['modes'][number];

/** All modes, in the order in which tables show them. */
export const MODES: readonly Mode[] = Object.values(TRANSPORTS).flatMap(({ modes }) => modes);

/** No streaming: the whole answer at the end. What every mode is compared with. */
export const BASELINE = 'batch';

/** Port of the combined server: one origin, one log, all transports. */
export const COMBINED_PORT = 4000;

/** The transport that carries `mode`. */
export const transportOf = {
  chunked: 'chunked',
  sse: 'sse',
  websocket: 'websocket',
  'long-poll': 'polling',
  'short-poll': 'polling',
} as const satisfies Record<Mode, Transport>;
