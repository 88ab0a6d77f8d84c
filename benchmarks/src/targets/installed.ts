import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Target } from './target.js';

/** The command that installs what peers need. */
export const INSTALL_PEERS = 'npm run peers';

const PEERS_FOLDER = fileURLToPath(new URL('../../peers', import.meta.url));

/** Which targets can be measured here. */
export interface Installed {
  readonly targets: readonly Target[];
  /** The others: name, and what to do about it. */
  readonly missing: readonly { readonly target: string; readonly why: string }[];
  /** Version of each package that the targets need, for the manifest. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Sorts out targets whose packages are missing.
 * @param folder that of the package with the peers, by default `benchmarks/peers`.
 */
export function installed(targets: readonly Target[], folder = PEERS_FOLDER): Installed {
  const versions: Record<string, string> = {};
  for (const name of targets.flatMap(({ needs }) => needs)) {
    const version = versionOf(folder, name);
    if (version !== undefined) versions[name] = version;
  }
  const built = existsSync(join(folder, 'dist'));
  const problemOf = ({ needs }: Target): string => {
    const lacking = needs.filter((name) => versions[name] === undefined);
    if (lacking.length > 0) return `not installed: ${lacking.join(', ')}; "${INSTALL_PEERS}" installs it`;
    return built || needs.length === 0 ? '' : `not built; "${INSTALL_PEERS}" builds it`;
  };
  const problems = targets.map((target) => ({ target, why: problemOf(target) }));
  return {
    targets: problems.filter(({ why }) => why === '').map(({ target }) => target),
    missing: problems.filter(({ why }) => why !== '').map(({ target, why }) => ({ target: target.name, why })),
    versions,
  };
}

function versionOf(folder: string, name: string): string | undefined {
  try {
    const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(manifest) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}
