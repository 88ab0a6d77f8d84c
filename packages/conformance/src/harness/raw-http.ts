import { connect } from 'node:net';

import { within } from './eventually.js';

/** What is no HTTP is answered or cut off soon; a server that does neither is found out soon as well. */
const ANSWER_LIMIT_MS = 5_000;

/** An answer to bytes that no HTTP client would send. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes as they are and reads one answer: as far as `Content-Length` says, or until the connection ends.
 * @throws {Error} when the connection ends without an answer.
 */
export async function exchange(url: string, ...pieces: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // The server may close before everything has been sent; what it has said counts.
  socket.on('error', () => {});
  for (const piece of pieces) socket.write(piece);
  try {
    return await within(ANSWER_LIMIT_MS, `an answer to raw bytes from ${url}`, readAnswer(socket));
  } finally {
    socket.destroy();
  }
}

async function readAnswer(socket: AsyncIterable<Buffer>): Promise<RawAnswer> {
  let received = Buffer.alloc(0);
  try {
    for await (const part of socket) {
      received = Buffer.concat([received, part]);
      const answer = parseAnswer(received);
      if (answer) return answer;
    }
  } catch {
    // A reset; there may be an answer nevertheless.
  }
  const answer = parseAnswer(received, true);
  if (answer) return answer;
  throw new Error('the connection ended without an answer');
}

function parseAnswer(received: Buffer, ended = false): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = received.subarray(end + 4);
  const length = headers['content-length'];
  if (!ended && (length === undefined || body.length < Number(length))) return undefined;
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.toString() };
}
