/**
 * A process of its own, inside the middle namespace: holds each packet back for the delay of its direction. Packets come
 * as VXLAN datagrams (RFC 7348), an Ethernet frame behind eight bytes. Arguments: delay and jitter of one way in
 * milliseconds, seed.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { seededRandom } from '@tokenwire/token-source';

import { completeChecksum } from './checksum.js';
import { UNDERLAY, VXLAN_PORT } from './namespaces.js';

const VXLAN_HEADER_BYTES = 8;

/** Packets on their way in one direction. One timer for all of them; their order is kept. */
class Line {
  readonly #send: (packet: Buffer) => void;
  readonly #delay: () => number;
  readonly #packets: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
  #lastDueMs = 0;
  #armed = false;

  constructor(delay: () => number, send: (packet: Buffer) => void) {
    this.#delay = delay;
    this.#send = send;
  }

  add(bytes: Buffer): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + this.#delay());
    this.#packets.push({ bytes, dueMs: this.#lastDueMs });
    this.#arm();
  }

  #arm(): void {
    const [first] = this.#packets;
    if (first === undefined || this.#armed) return;
    this.#armed = true;
    setTimeout(this.#deliver, Math.max(0, Math.round(first.dueMs - performance.now())));
  }

  readonly #deliver = (): void => {
    this.#armed = false;
    // Timers count in whole milliseconds: half of one early is as right as half of one late.
    const nowMs = performance.now() + 0.5;
    let due = 0;
    for (const { dueMs } of this.#packets) {
      if (dueMs > nowMs) break;
      due += 1;
    }
    for (const { bytes } of this.#packets.splice(0, due)) this.#send(bytes);
    this.#arm();
  };
}

async function listen(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(VXLAN_PORT, address);
  await once(socket, 'listening');
  return socket;
}

const [delayMs = 0, jitterMs = 0, seed = 0] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
const delay = (): number => Math.max(0, delayMs + jitterMs * (2 * random() - 1));
const sockets = { server: await listen(UNDERLAY.server.middle), reader: await listen(UNDERLAY.reader.middle) };
for (const [from, to] of [
  ['server', 'reader'],
  ['reader', 'server'],
] as const) {
  const line = new Line(delay, (packet) => sockets[to].send(packet, VXLAN_PORT, UNDERLAY[to].side));
  sockets[from].on('message', (packet) => {
    completeChecksum(packet, VXLAN_HEADER_BYTES);
    line.add(packet);
  });
}
process.stdout.write('ready\n');
