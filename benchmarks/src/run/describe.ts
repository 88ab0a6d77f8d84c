import { circumstances } from '../compare/manifest.js';
import type { Manifest } from '../raw/manifest.js';
import { PINNED } from './processes.js';

type Found = Pick<Manifest, 'plan' | 'seed' | 'blocks' | 'versions' | 'missing' | 'networks' | 'traces' | 'argv'>;

/** The manifest: what is known of this machine and this checkout, and what was found for this run. */
export function describeRun(found: Found): Manifest {
  return { ...circumstances(), v8: process.versions.v8, pinned: PINNED, ...found };
}
