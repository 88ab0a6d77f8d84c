import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that parts of this project use where they are there. */
const PROGRAMS = ['curl', 'chromium', 'taskset', 'nginx', 'haproxy', 'caddy'] as const;
/** Foreign readers in tests. */
const PYTHON_MODULES = ['requests', 'httpx', 'websockets'] as const;
/** System programs are not in every user's path. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];
const PYTHON_MS = 5_000;

/** Optional tools that are not installed here. */
export async function missingTools(path = process.env['PATH'] ?? ''): Promise<readonly string[]> {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...SYSTEM_FOLDERS];
  const missing = PROGRAMS.filter((name) => !folders.some((folder) => runs(join(folder, name))));
  return [...missing, ...(await missingPythonModules())];
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asks the system's Python, which is the one that the tests use. */
function missingPythonModules(): Promise<readonly string[]> {
  const script = `import importlib.util as u; print(*[m for m in ${JSON.stringify(PYTHON_MODULES)} if not u.find_spec(m)])`;
  return new Promise((resolve) => {
    execFile('/usr/bin/python3', ['-c', script], { timeout: PYTHON_MS }, (error, stdout) => {
      if (error !== null) return resolve(['python3']);
      resolve(stdout.split(/\s+/).flatMap((name) => (name === '' ? [] : [`python3 ${name}`])));
    });
  });
}
