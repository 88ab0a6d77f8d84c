// A server that streams the trace as NDJSON and gets one thing wrong, on purpose: the first argument says what.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [fault] = process.argv.slice(2);
const { TOKENWIRE_RECORDINGS_DIR: folder = '', TOKENWIRE_TRACE: trace = '' } = process.env;
const lines = readFileSync(join(folder, `${trace}.jsonl`), 'utf8')
  .trim()
  .split('\n')
  .slice(1);
const texts = lines.map((line) => JSON.parse(line).piece).flatMap(({ type, text }) => (type === 'text' ? text : []));
const delta = (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const events = [
  { type: 'message_start', id: 'gen_0000000000000000000000', model: 'x' },
  { type: 'content_block_start', index: 0, block: { type: 'text' } },
  ...texts.map(delta),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_stop' },
].map((event, index) => ({ seq: index + 1, ...event }));

if (fault === 'lost') events.splice(7, 1);
if (fault === 'doubled') events.splice(7, 0, events[7]);
if (fault === 'other text') events[7].delta.text += '!';
if (fault === 'too short') events.splice(7, texts.length - 7);

const server = createServer((req, res) => {
  const warmUp = req.url?.includes('stream=-');
  res.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  const sent = fault === 'dies' && !warmUp ? events.slice(0, 5) : events;
  res.write(sent.map((event) => `${JSON.stringify(event)}\n`).join(''));
  if (sent !== events) return setTimeout(() => process.exit(7), 50);
  return res.end();
});
process.on('message', (message) => message?.type === 'moments' && process.send({ type: 'moments', streams: [] }));
process.channel.unref();
process.on('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening http://127.0.0.1:${server.address().port}\n`));
