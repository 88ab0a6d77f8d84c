// The playground: `node dist/host/main.js [--port N] [-- options of the combined server]`.
import { COMBINED_PORT } from '@tokenwire/protocol';
import { Command, InvalidArgumentError } from 'commander';

import { startPlayground } from './playground.js';

const command = new Command('playground')
  .description('Serves the page on which five transports answer the same prompt, and the combined server behind it.')
  .option('--port <n>', 'TCP port on loopback, 0 for any', portOf, COMBINED_PORT)
  .argument('[server options...]', 'after --: options of the combined server')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { port } = command.opts<{ readonly port: number }>();

try {
  const playground = await startPlayground({ port, backendArgs: command.args });
  process.stdout.write(`listening ${playground.url}\n`);
  let signals = 0;
  const stop = (): void => {
    signals += 1;
    if (signals > 1) process.exit(0);
    void playground.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const hint = code === 'EADDRINUSE' ? `port ${port} is in use; choose another with --port N` : message;
  process.stderr.write(`cannot listen: ${hint}\n`);
  process.exitCode = 1;
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Must be a whole number from 0 to 65535.');
}
