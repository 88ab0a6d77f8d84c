import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Paths of `file` in the root and in all workspaces that have it. `fs.globSync` came with Node 22.
 * @param {string} root
 * @param {string} file
 */
export function inWorkspaces(root, file) {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  return [root, ...folders, join(root, 'benchmarks')].map((folder) => join(folder, file)).filter(existsSync);
}
