import { arch, cpus, platform, release, totalmem } from 'node:os';

import { commit } from '../compare/manifest.js';
import type { Manifest } from '../raw/manifest.js';
import { PINNED } from './processes.js';

type Found = Pick<Manifest, 'plan' | 'seed' | 'blocks' | 'versions' | 'missing' | 'networks' | 'traces' | 'argv'>;

/** The manifest: what is known of this machine and this checkout, and what was found for this run. */
export function describeRun(found: Found): Manifest {
  const processors = cpus();
  return {
    createdAt: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    v8: process.versions.v8,
    platform: platform(),
    arch: arch(),
    osRelease: release(),
    cpuModel: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryBytes: totalmem(),
    pinned: PINNED,
    ...found,
  };
}
