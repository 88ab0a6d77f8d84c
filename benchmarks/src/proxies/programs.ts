import { spawnSync } from 'node:child_process';

import type { Program } from './proxy.js';

/** What is around the part that people write: paths, logs, users. One entry a file of the folder. */
interface Surroundings {
  /** Files of the folder beside `site`, which is the part that people write. */
  readonly files: (folder: string, http2: boolean) => Readonly<Record<string, string>>;
  readonly command: (folder: string) => readonly string[];
  /** Prints its version. */
  readonly version: readonly string[];
  /** Package of Debian. */
  readonly debian: string;
}

const IS_ROOT = process.geteuid?.() === 0;

/** System programs live where an ordinary user's PATH does not lead. */
export const ENVIRONMENT = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/local/sbin` };

export const PROGRAMS: Readonly<Record<Program, Surroundings>> = {
  nginx: {
    files: (folder) => ({ main: nginxConf(folder) }),
    command: (folder) => ['nginx', '-e', 'stderr', '-p', folder, '-c', `${folder}/main`, '-g', 'daemon off;'],
    version: ['nginx', '-v'],
    debian: 'nginx',
  },
  haproxy: {
    // Started by root it takes another user, as its service does.
    files: () => ({ main: `global\n${IS_ROOT ? '    user nobody\n    group nogroup\n' : ''}` }),
    command: (folder) => ['haproxy', '-db', '-f', `${folder}/main`, '-f', `${folder}/site`],
    version: ['haproxy', '-v'],
    debian: 'haproxy',
  },
  caddy: {
    files: (folder, http2) => ({ main: caddyfile(folder, http2) }),
    command: (folder) => {
      const homes = [`HOME=${folder}`, `XDG_DATA_HOME=${folder}`, `XDG_CONFIG_HOME=${folder}`];
      return ['env', ...homes, 'caddy', 'run', '--adapter', 'caddyfile', '--config', `${folder}/main`];
    },
    version: ['caddy', 'version'],
    debian: 'caddy',
  },
};

/** Debian's nginx.conf, as far as it matters to a proxy, and its folders within ours. */
function nginxConf(folder: string): string {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return [
    'worker_processes auto;',
    `pid ${folder}/pid;`,
    'error_log stderr warn;',
    'events { worker_connections 768; }',
    'http {',
    'access_log off;',
    ...folders,
    'sendfile on;',
    'tcp_nopush on;',
    'gzip on;',
    `include ${folder}/site;`,
    '}',
    '',
  ].join('\n');
}

function caddyfile(folder: string, http2: boolean): string {
  const protocols = http2 ? 'servers {\n\t\tprotocols h1 h2c\n\t}' : '';
  return `{\n\tadmin off\n\tgrace_period 1s\n\t${protocols}\n}\nimport ${folder}/site\n`;
}

/** The version of an installed program; undefined when it is not installed. */
export function versionOf(program: Program): string | undefined {
  const [name = '', ...args] = PROGRAMS[program].version;
  const { status, stdout, stderr } = spawnSync(name, args, {
    encoding: 'utf8',
    env: { ...process.env, ...ENVIRONMENT },
  });
  return status === 0 ? /\d+\.\d+[\w.+-]*/.exec(stdout + stderr)?.[0] : undefined;
}

/** What to do about a program that is not installed. */
export function howToGet(program: Program): string {
  return `${program} is not installed (Debian: apt-get install ${PROGRAMS[program].debian})`;
}
