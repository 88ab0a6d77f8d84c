import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '@tokenwire/conformance';

export type ProxyName = 'nginx' | 'haproxy' | 'caddy';

/** Where Debian puts them; not all of it is in every user's path. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin', '/usr/local/bin'];

/** The program, if it is installed. */
export function programOf(name: ProxyName): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A free port of loopback, at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** What a proxy is told: as it comes, or with the lines that the doctor recommends. */
export interface Setup {
  /** Lines inside `location`, `backend` and `defaults`, or `reverse_proxy`. */
  readonly lines?: readonly string[];
  /** Lines around it: `server` of nginx, the site of Caddy. */
  readonly around?: readonly string[];
  /** In place of both: a file for port 8080 and a server at 127.0.0.1:4000. */
  readonly site?: string;
}

/** A site's own text with the real addresses. */
function addressed(site: string, port: number, upstream: string): string {
  return site.replaceAll(/\b8080\b/g, String(port)).replaceAll('127.0.0.1:4000', new URL(upstream).host);
}

/** Writes the configuration, and gives the program's arguments. */
type Writer = (folder: string, port: number, upstream: string, setup: Setup) => string[];

const WRITERS: Record<ProxyName, Writer> = {
  nginx(folder, port, upstream, { lines = [], around = [], site }) {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const location = `location / { proxy_pass ${upstream}; proxy_set_header Host $http_host; ${lines.join(' ')} }`;
    const file = save(folder, [
      `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;`,
      'events { }',
      `http { access_log off; ${temporary.join(' ')}`,
      site === undefined
        ? `server { listen 127.0.0.1:${port}; ${around.join(' ')} ${location} }`
        : addressed(site, port, upstream),
      '}',
    ]);
    return ['-e', `${folder}/error.log`, '-p', folder, '-c', file];
  },
  haproxy(folder, port, upstream, { lines = [], site }) {
    if (site !== undefined) return ['-db', '-f', save(folder, [addressed(site, port, upstream)])];
    const file = save(folder, [
      // The defaults of Debian's package.
      'defaults',
      ...['mode http', 'timeout connect 5s', 'timeout client 50s', 'timeout server 50s', ...lines],
      'frontend all',
      ...[`bind 127.0.0.1:${port}`, 'default_backend behind'],
      'backend behind',
      `server one ${new URL(upstream).host}`,
    ]);
    return ['-db', '-f', file];
  },
  caddy(folder, port, upstream, { lines = [], around = [], site }) {
    const own = [
      `http://127.0.0.1:${port} {`,
      ...around,
      `reverse_proxy ${new URL(upstream).host} {\n${lines.join('\n')}\n}`,
      '}',
    ];
    const text = site === undefined ? own : [addressed(site, port, upstream)];
    const file = save(folder, ['{\n admin off\n auto_https off\n}', ...text]);
    return ['run', '--config', file, '--adapter', 'caddyfile'];
  },
};

function save(folder: string, lines: readonly string[]): string {
  const file = join(folder, 'configuration');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Runs `work` with a proxy in front of a server, and ends it. */
export async function withProxy(
  name: ProxyName,
  upstream: string,
  setup: Setup,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwire-proxy-'));
  mkdirSync(join(folder, 'home'));
  const port = await freePort();
  const args = WRITERS[name](folder, port, upstream, setup);
  const home = join(folder, 'home');
  const child = spawn(programOf(name) ?? name, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const exited = once(child, 'exit');
  try {
    await eventually(`${name} listens`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${said.slice(-2_000)}`);
      return await listens(port);
    });
    await work(`http://127.0.0.1:${port}/`);
  } finally {
    child.kill('SIGTERM');
    // HAProxy and nginx wait for streams; nobody needs these any more.
    const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
    await exited;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
