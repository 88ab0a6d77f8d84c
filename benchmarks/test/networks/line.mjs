// What runs inside a network. `serve`: a server of many bytes. `measure URL DOWN UP`: what a line is like, as JSON.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

const [role, url, down, up] = process.argv.slice(2);

if (role === 'serve') {
  const server = createServer((req, res) => {
    const wanted = Number(new URL(req.url ?? '', 'http://x').searchParams.get('bytes') ?? 0);
    req.resume().on('end', () => res.end(Buffer.alloc(wanted)));
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`listening http://127.0.0.1:${server.address().port}\n`));
  process.on('SIGTERM', () => process.exit(0));
} else {
  const connectMs = [];
  for (let n = 0; n < 5; n += 1) connectMs.push(await connectOnce());
  const seconds = { down: await transfer(`${url}/?bytes=${down}`, 0), up: await transfer(url, Number(up)) };
  process.stdout.write(JSON.stringify({ connectMs: Math.min(...connectMs), seconds }));
}

async function connectOnce() {
  const { hostname, port } = new URL(url);
  const startMs = performance.now();
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.destroy();
  return performance.now() - startMs;
}

/** Seconds from the first byte of the answer (or of the request) to the end. */
async function transfer(address, upload) {
  const req = request(address, { method: 'POST' });
  let startMs = performance.now();
  req.end(Buffer.alloc(upload));
  const [res] = await once(req, 'response');
  if (upload === 0) startMs = performance.now();
  res.resume();
  await once(res, 'end');
  return (performance.now() - startMs) / 1000;
}
