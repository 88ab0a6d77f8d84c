// The command `tokenwire-doctor`; the committed file bin/tokenwire-doctor.js loads it.
import type { WriteStream } from 'node:tty';

import { main, type Paper } from './main.js';

const interrupt = new AbortController();
process.on('SIGINT', () => {
  // The first one ends connections in good order; the second one ends the process.
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
// Reading stops early under `| head`: that is no failure to report.
process.stdout.on('error', () => process.exit(1));

const { signal } = interrupt;
const status = await main(process.argv.slice(2), { out: paper(process.stdout), err: paper(process.stderr), signal });
// A socket that does not close in time holds nothing up.
process.stdout.write('', () => process.exit(status));

function paper(stream: WriteStream): Paper {
  const { NO_COLOR = '', TERM } = process.env;
  const transient = stream.isTTY && TERM !== 'dumb';
  return { write: (text) => void stream.write(text), colour: transient && NO_COLOR === '', transient };
}
