import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { mergeConfig, type Plugin } from 'vitest/config';

import shared from '../../vitest.shared.ts';
import { PLANTED_BUGS } from './test/planted-bugs.ts';

const packages = fileURLToPath(new URL('..', import.meta.url));

/**
 * Modules asked for with `?bug=name` come with that bug, and so does everything that they import by a relative path:
 * a second copy of the real core in which a few characters differ.
 */
const planter: Plugin = {
  name: 'planted-bugs',
  enforce: 'pre',
  resolveId(source, importer) {
    const bug = /\?bug=([\w-]+)$/.exec(importer ?? '')?.[1];
    if (bug === undefined || !source.startsWith('.')) return null;
    return `${resolve(importer ?? '', '..', source).replace(/\.js$/, '.ts')}?bug=${bug}`;
  },
  load(id) {
    const [, path = '', name = ''] = /^(.*)\?bug=([\w-]+)$/.exec(id) ?? [];
    const bug = PLANTED_BUGS[name];
    if (!bug) return null;
    let code = readFileSync(path, 'utf8');
    for (const { file, from, to } of bug.edits) {
      if (path !== `${packages}${file}`) continue;
      if (code.split(from).length !== 2) throw new Error(`${file} does not hold exactly once: ${from}`);
      code = code.replace(from, () => to);
    }
    return code;
  },
};

export default mergeConfig(shared, { plugins: [planter] });
