import { fileURLToPath } from 'node:url';

import { MEASURED, SERVER_OF, type Measured } from '../compare/modes.js';
import type { ServerSetup, Target } from './target.js';

/** Flags that take every limit out of the way that is no matter of transport. */
const FLAGS = [
  '--port',
  '0',
  '--timing',
  '--drain-ms',
  '0',
  '--max-connections',
  '20000',
  '--polls-per-second',
  '1000000',
];

function serverOf(mode: Measured) {
  const script = fileURLToPath(new URL(`../../../apps/server-${SERVER_OF[mode]}/dist/main.js`, import.meta.url));
  return ({ recordingsDir, streams, flags }: ServerSetup) => {
    const room = ['--max-running', String(2 * streams + 100)];
    const rate = ['--streams-burst', '1000000', '--streams-per-second', '1000000'];
    return {
      script,
      args: [...FLAGS, ...room, ...rate, ...flags],
      env: { TOKENWIRE_RECORDINGS_DIR: recordingsDir },
    };
  };
}

/** Our five modes and the batch baseline, each read by its client package. */
export const OURS: readonly Target[] = MEASURED.map((mode) => ({
  name: mode,
  kind: 'ours',
  needs: [],
  server: serverOf(mode),
  moments: 'timing',
  driver: 'tokenwire',
  options: { mode },
  note: mode === 'batch' ? 'No streaming: all tokens come at the end.' : '',
}));

/** @throws {Error} for a name that is none of ours. */
export function ours(mode: Measured): Target {
  const target = OURS.find(({ name }) => name === mode);
  if (!target) throw new Error(`no mode ${mode}`);
  return target;
}

const LEAN = { chunked: 'ndjson', sse: 'sse', websocket: 'websocket' } as const;

/**
 * Our pushing servers, read without our clients by the bare readers that also read the controls. They show what the client
 * packages add, and load a server with more streams than a client with all its care could read on one processor.
 */
export const OURS_LEAN: readonly Target[] = (['chunked', 'sse', 'websocket'] as const).map((mode) => ({
  ...ours(mode),
  name: `${mode}, bare reader`,
  kind: 'control',
  driver: LEAN[mode],
  options: { opening: 'generate' },
  note: 'Our server, read with bare node:http or ws instead of our client.',
}));
