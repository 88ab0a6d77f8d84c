import { PROXIES, installedProxies } from '../../src/proxies/proxies.js';
import type { Program, Proxy, Variant } from '../../src/proxies/proxy.js';

const { missing } = installedProxies();
if (process.env['TOKENWIRE_REQUIRE_PROXIES'] && Object.keys(missing).length > 0) {
  throw new Error(`TOKENWIRE_REQUIRE_PROXIES is set, but ${Object.values(missing).join(', ')}`);
}

/** What is installed here. In the gate, everything. */
export const INSTALLED: readonly Proxy[] = PROXIES.filter(({ program }) => missing[program] === undefined);

/** Installed proxies in these variants, for `describe.each`. */
export function installed(...variants: readonly Variant[]): readonly (readonly [string, Proxy])[] {
  return INSTALLED.filter(({ variant }) => variants.includes(variant)).map((proxy) => [proxy.name, proxy]);
}

/** Whether the tests of a program are left out. */
export const isMissing = (program: Program): boolean => missing[program] !== undefined;
