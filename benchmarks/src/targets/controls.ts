import type { ServerProgram, ServerSetup, Target } from './target.js';

/** What a server that plays the trace by `feed.ts` has to know. */
export function feedEnv({ recordingsDir, trace }: ServerSetup): Readonly<Record<string, string>> {
  return { TOKENWIRE_RECORDINGS_DIR: recordingsDir, TOKENWIRE_TRACE: trace };
}

const BARE = 'One connection, one answer: no log, cursor, resume, heartbeat, backpressure or routing.';

/** A control. @param script below `controls/`, without `.js`. @param options for the driver. */
export const control = (
  name: string,
  driver: string,
  script: string,
  args: readonly string[],
  note = BARE,
  options = {},
): Target => ({
  name,
  kind: 'control',
  needs: [],
  server: (setup) => ({ script: `controls/${script}.js`, args, env: feedEnv(setup) }),
  moments: 'feed',
  driver,
  options: { opening: 'get', ...options },
  note,
});

/** The same events from bare Node, with none of our code that sends anything: what each transport costs by itself. */
export const CONTROLS: readonly Target[] = [
  control('net', 'net', 'net-server', []),
  control('node:http', 'ndjson', 'http-server', ['ndjson']),
  control('node:http SSE', 'sse', 'http-server', ['sse']),
  control('ws', 'websocket', 'ws-server', [], `${BARE} Messages are bare events, without our \`ref\`.`),
];

/** Framings of the null server, by the mode of ours whose readers it answers. */
export const NULL_FRAMINGS = { chunked: 'ndjson', sse: 'sse', websocket: 'websocket' } as const;

/**
 * A server that sends a whole answer, encoded beforehand, as fast as sockets take it: it finds the ceiling of a reader.
 * @param eventsPerWrite default 1, each in a turn of the event loop of its own; 0: the whole answer in one write. With 1 the
 *   server, which makes a system call for each, is slower than a reader: what comes is a lower bound of the ceiling.
 */
export function nullServer(mode: keyof typeof NULL_FRAMINGS, setup: ServerSetup, eventsPerWrite = 1): ServerProgram {
  const args = [NULL_FRAMINGS[mode], String(eventsPerWrite)];
  return { script: 'controls/null-server.js', args, env: feedEnv(setup) };
}
