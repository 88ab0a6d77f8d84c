import type { Backend } from './backend.js';
import { Backends } from './backends.js';
import { Control } from './control.js';
import { directoryOf } from './directory.js';
import { Front } from './front.js';
import { Lanes } from './lanes.js';
import { PageServer } from './page-server.js';

export interface PlaygroundOptions {
  /** TCP port on loopback; default 0: a free one. */
  readonly port?: number;
  /** Options of the combined server behind it, which win over the playground's own; default none. */
  readonly backendArgs?: readonly string[];
}

/** A playground that runs. */
export interface Playground {
  /** Where the page is. */
  readonly url: string;
  /** Ends everything at once: connections, lanes, servers and their processes. */
  close(): Promise<void>;
}

/**
 * Starts the playground: the page, the combined server behind it, and the lanes between them. It needs the build.
 * @throws {Error} when the port is in use, or the server behind does not start.
 */
export async function startPlayground({ port = 0, backendArgs = [] }: PlaygroundOptions = {}): Promise<Playground> {
  const lanes = new Lanes();
  const control = new Control(() => ({ lanes, backends }));
  const page = await PageServer.start(control.upgrade);
  let front: Front | undefined;
  const cut = (backend: Backend): void => {
    for (const lane of lanes.leadingTo(backend)) lane.cut('fin');
    front?.cut(backend);
  };
  const gone = (backend: Backend): void => {
    for (const lane of lanes.leadingTo(backend)) lane.backend = undefined;
  };
  const isUsed = (backend: Backend): boolean => lanes.leadingTo(backend).length > 0;
  const news = control.tell.bind(control);
  const backends = await Backends.start({ args: backendArgs, news, cut, gone, isUsed });
  const close = async (): Promise<void> => {
    control.close();
    await Promise.all([front?.close(), lanes.closeAll(), page.close(), backends.close()]);
  };
  try {
    front = await Front.listen(port, directoryOf(page, lanes, backends));
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `http://127.0.0.1:${front.port}`, close };
}
