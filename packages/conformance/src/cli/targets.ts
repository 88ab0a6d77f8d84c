import { MODES, type Mode } from '@tokenwire/protocol';

import { CLIENTS } from '../clients.js';
import { startProgram, type RunningServer } from '../harness/server-process.js';
import { Upstream } from '../harness/upstream.js';
import type { Target } from '../target.js';
import { NoServerError } from './first-look.js';
import type { RunOptions } from './options.js';

/** The server under test, and everything that was started for it. */
export interface Bench {
  readonly url: string;
  /** One target per mode. */
  readonly targets: readonly Target[];
  /** Ends all servers that were started, also those that a requirement left behind. Never throws. */
  readonly close: () => Promise<void>;
}

type Needed = Pick<RunOptions, 'url' | 'mode' | 'launch' | 'upstream'>;

/** Prepares the targets of a run. @throws {NoServerError} when the server under test cannot be started. */
export async function openBench({ url, mode, launch: command, upstream: wanted }: Needed): Promise<Bench> {
  const upstream = wanted ? await Upstream.start() : undefined;
  const env = upstream ? { TOKENWIRE_COMPATIBLE_URL: upstream.url } : {};
  const started = new Set<Promise<RunningServer>>();
  const launch = command && ((args: readonly string[]) => launchInto(started, command, args, env));
  const close = async (): Promise<void> => {
    // Also those that a requirement which was given up is still starting.
    const servers = await Promise.allSettled(started);
    await Promise.all(servers.map(async (one) => one.status === 'fulfilled' && (await one.value.stop())));
    await upstream?.close();
  };
  try {
    const where = url ?? (await launch?.([]))?.url ?? '';
    const targetOf = (one: Mode): Target => ({
      mode: one,
      url: where,
      open: CLIENTS[one],
      ...(upstream && { upstream }),
      ...(launch && { launch }),
      ...(mode === 'all' && { clients: CLIENTS }),
    });
    return { url: where, targets: (mode === 'all' ? MODES : [mode]).map(targetOf), close };
  } catch (error) {
    await close();
    throw new NoServerError(`--launch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function launchInto(
  started: Set<Promise<RunningServer>>,
  command: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const starting = startProgram(command, { args, env });
  started.add(starting);
  const forget = (): void => void started.delete(starting);
  // One that has ended needs no end any more; one that did not start had none.
  void starting.then(({ exited }) => exited).then(forget, forget);
  return await starting;
}
