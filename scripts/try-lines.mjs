// One line per mode to paste into a POSIX shell. Printed by `npm start`, shown in the docs, run by a test.

const JSON_TYPE = `-H 'Content-Type: application/json'`;
const PROMPT = `-d '{"prompt":"Hello"}'`;

/**
 * Starts a generation and keeps its id in $id.
 * @param {number} port
 */
function start(port) {
  return `id=$(curl -s ${JSON_TYPE} -H 'Accept: application/json' ${PROMPT} localhost:${port}/generations | cut -d '"' -f 4)`;
}

/** The handshake of RFC 6455, section 1.3, by hand; the key is the example of that section. */
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]
  .map((header) => `-H '${header}'`)
  .join(' ');

/**
 * Mode → line.
 * @param {{ chunked: number, sse: number, websocket: number, polling: number }} [ports]
 */
export function tryLines(ports = { chunked: 4001, sse: 4002, websocket: 4003, polling: 4004 }) {
  const { chunked, sse, websocket, polling } = ports;
  return {
    chunked: `curl -N 'localhost:${chunked}/stream?prompt=Hello'`,
    sse: `curl -N 'localhost:${sse}/stream?prompt=Hello'`,
    websocket: `${start(websocket)}; curl -sN --output - ${UPGRADE} "localhost:${websocket}/generations?after=$id.0"`,
    'long-poll': `${start(polling)}; curl -s "localhost:${polling}/generations/$id/events?after=$id.0&wait=25"`,
    'short-poll': `${start(polling)}; sleep 1; curl -s "localhost:${polling}/generations/$id/events?after=$id.0&wait=0"`,
    batch: `curl -s ${JSON_TYPE} -H 'Accept: application/json' ${PROMPT} 'localhost:${polling}/generations?wait=25'`,
  };
}
