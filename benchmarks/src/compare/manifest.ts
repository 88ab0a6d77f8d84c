import { execFileSync } from 'node:child_process';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { CompareOptions } from './options.js';

/** When and where something was measured. */
export interface Circumstances {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Commit of the repository, with `+` behind it when files were changed; null without git. */
  readonly commit: string | null;
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly osRelease: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
}

/** Where, when and with what a report was made. */
export interface Manifest extends Circumstances {
  readonly options: CompareOptions;
}

/** What is known of this machine, this checkout and this call. */
export function describeRun(options: CompareOptions): Manifest {
  return { ...circumstances(), options };
}

/** What is known of this machine and this checkout. */
export function circumstances(): Circumstances {
  const processors = cpus();
  return {
    createdAt: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    platform: platform(),
    arch: arch(),
    osRelease: release(),
    cpuModel: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryBytes: totalmem(),
  };
}

function commit(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
      timeout: 5_000,
    }).trim();
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    // No git, or no repository: an archive of the sources is fine to measure.
    return null;
  }
}
