// The command `tokenwire-conformance`; the committed file bin/tokenwire-conformance.js loads it.
import type { WriteStream } from 'node:tty';

import { main } from './main.js';
import type { Paper } from './report.js';

const interrupt = new AbortController();
process.on('SIGINT', () => {
  // The first one ends the run in good order, servers included; the second one ends it.
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
// Reading stops early under `| head`: that is no failure to report.
process.stdout.on('error', () => process.exit(1));

const status = await main(process.argv.slice(2), {
  out: paper(process.stdout),
  err: paper(process.stderr),
  signal: interrupt.signal,
});
// A requirement that was given up may still hold connections open: nothing waits for it.
process.stdout.write('', () => process.exit(status));

function paper(stream: WriteStream): Paper {
  const { NO_COLOR = '', TERM } = process.env;
  const transient = stream.isTTY && TERM !== 'dumb';
  return { write: (text) => void stream.write(text), colour: transient && NO_COLOR === '', transient };
}
