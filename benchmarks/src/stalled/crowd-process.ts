import { connect } from 'node:net';

/** What the crowd is told to do. */
export interface CrowdOrder {
  readonly host: string;
  readonly port: number;
  /** What each says first, as it is. */
  readonly hello: string;
  readonly count: number;
  /** False: nobody ever reads. */
  readonly reads: boolean;
}

/** What it answers: connections that stand, and bytes read by all. */
export interface CrowdReport {
  readonly connected: number;
  readonly bytes: number;
}

const { host, port, hello, count, reads } = JSON.parse(process.argv[2] ?? '') as CrowdOrder;
let connected = 0;
let bytes = 0;
for (let n = 0; n < count; n += 1) {
  const socket = connect(port, host, () => (connected += 1));
  // Before it connects: otherwise the first piece is read.
  if (reads) socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  else socket.pause();
  socket.on('error', (error) => {
    process.stderr.write(`crowd: ${error.message}\n`);
    process.exitCode = 1;
  });
  socket.write(hello);
}
setInterval(() => process.send?.({ connected, bytes } satisfies CrowdReport), 100);
process.on('disconnect', () => process.exit());
