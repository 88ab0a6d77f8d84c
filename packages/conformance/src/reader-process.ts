// A client in a process of its own, for tests that kill it: reads an answer in one mode and prints, for each event
// that it has applied, one line of JSON with the cursor and the text of the event.
import { MODES, textOf, type Mode } from '@tokenwire/protocol';

import { CLIENTS } from './clients.js';

const [mode = '', url = '', after = ''] = process.argv.slice(2);
if (!(MODES as readonly string[]).includes(mode))
  throw new Error(`usage: reader-process <${MODES.join('|')}> URL CURSOR`);
const stream = CLIENTS[mode as Mode]({ url, after });
for await (const event of stream) process.stdout.write(`${JSON.stringify([stream.cursor, textOf(event)])}\n`);
