import { findNetworks } from '../networks/networks.js';
import { proxyFront } from '../proxies/proxy-front.js';
import { installedProxies, PROXIES } from '../proxies/proxies.js';
import { DIRECT, isKnownDelay, knownDelay, type OpenFront } from '../run/front.js';
import type { Cell } from '../scenarios/scenario.js';

/** What can be put between server and generator on this machine. */
export interface Fronts {
  readonly openFront: OpenFront;
  /** How each network profile is made here, by profile. */
  readonly networks: Readonly<Record<string, string>>;
  /** Versions of the proxies. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why a cell cannot be measured here, and what to do about it; empty when it can. */
  readonly problemOf: (cell: Cell) => string;
}

const LOOPBACK = 'loopback';

/** Looks for networks and proxies, as far as the cells want any: finding networks takes half a second. */
export async function frontsFor(cells: readonly Cell[]): Promise<Fronts> {
  const profiles = cells.some(({ network }) => isProfile(network)) ? await findNetworks() : [];
  const { versions, missing } = cells.some(({ proxy }) => proxy) ? installedProxies() : { versions: {}, missing: {} };
  const proxyOf = (cell: Cell) => PROXIES.find(({ name }) => name === cell.proxy);
  return {
    networks: Object.fromEntries(profiles.map(({ name, how }) => [name, how])),
    versions,
    problemOf(cell) {
      const proxy = proxyOf(cell);
      return (proxy && missing[proxy.program]) ?? '';
    },
    async openFront(cell) {
      const { network = LOOPBACK } = cell;
      if (isKnownDelay(network)) return knownDelay(network);
      const proxy = proxyOf(cell);
      if (proxy) return proxyFront(proxy);
      return network === LOOPBACK ? DIRECT : await openNetwork(network);
    },
  };

  async function openNetwork(wanted: string) {
    const profile = profiles.find(({ name }) => name === wanted);
    if (!profile) throw new Error(`no network profile ${wanted}`);
    return profile.open();
  }
}

function isProfile(network = LOOPBACK): boolean {
  return network !== LOOPBACK && !isKnownDelay(network);
}
