/**
 * A process of its own, inside the server's namespace: leads connections to a Unix socket, which is not bound to a
 * namespace, on to a port of the namespace's loopback. The first line says which port. Argument: path of the socket.
 */
import { connect, createServer, type Socket } from 'node:net';

const [path = ''] = process.argv.slice(2);

const server = createServer((visitor) => {
  visitor.on('error', () => visitor.destroy());
  visitor.once('readable', () => {
    const first = visitor.read() as Buffer | null;
    const end = first?.indexOf('\n') ?? -1;
    // A line of a few digits, written at once, is not split.
    if (first === null || end < 0) return visitor.destroy();
    lead(visitor, Number(first.toString('latin1', 0, end)), first.subarray(end + 1));
  });
});

function lead(visitor: Socket, port: number, rest: Buffer): void {
  const target = connect(port, '127.0.0.1');
  target.on('error', () => visitor.destroy());
  visitor.on('close', () => target.destroy());
  target.write(rest);
  visitor.pipe(target).pipe(visitor);
}

server.listen(path, () => process.stdout.write('ready\n'));
