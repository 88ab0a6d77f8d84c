import type { Program, Proxy, Variant } from './proxy.js';
import { howToGet, versionOf } from './programs.js';
import { startProxy } from './start.js';

const VARIANTS: Readonly<Record<Program, readonly Variant[]>> = {
  nginx: ['stock', 'unaware', 'documented', 'h2'],
  haproxy: ['stock', 'documented', 'h2'],
  caddy: ['stock', 'documented', 'h2'],
};

/** All proxies, installed or not. */
export const PROXIES: readonly Proxy[] = (['nginx', 'haproxy', 'caddy'] as const).flatMap((program) =>
  VARIANTS[program].map((variant) => ({
    name: `${program}-${variant}`,
    program,
    variant,
    start: (serverUrl: string) => startProxy(program, variant, serverUrl),
  })),
);

/** @throws {Error} for a name that is none. */
export function proxyNamed(name: string): Proxy {
  const proxy = PROXIES.find((one) => one.name === name);
  if (!proxy) throw new Error(`no proxy ${name}; there are ${PROXIES.map((one) => one.name).join(', ')}`);
  return proxy;
}

/** What is installed, with its version, and what to do about the rest. For the manifest. */
export function installedProxies(): {
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: Readonly<Partial<Record<Program, string>>>;
} {
  const versions: Record<string, string> = {};
  const missing: Partial<Record<Program, string>> = {};
  for (const program of Object.keys(VARIANTS) as Program[]) {
    const version = versionOf(program);
    if (version === undefined) missing[program] = howToGet(program);
    else versions[program] = version;
  }
  return { versions, missing };
}
