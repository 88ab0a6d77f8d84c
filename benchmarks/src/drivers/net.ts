/** Lean reader of the bare TCP control: one event a line. */
import { connect } from 'node:net';

import type { Read } from './driver.js';
import { EventReader, Splitter } from './event-reader.js';

export const read: Read = ({ url, stream, signal }, sink) =>
  new Promise((resolve, reject) => {
    const events = new EventReader(sink);
    const lines = new Splitter('\n', (line) => events.read(line));
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port: Number(port), noDelay: true, signal }, () => {
      sink.headers();
      socket.write(`?stream=${stream}\n`);
    });
    socket.setEncoding('utf8').on('error', reject);
    socket.on('data', (piece: string) => {
      try {
        lines.hear(piece);
      } catch (error) {
        reject(error);
        socket.destroy();
      }
      if (events.finished) resolve();
    });
    socket.on('close', () => reject(new Error('the connection ended before the answer')));
  });
