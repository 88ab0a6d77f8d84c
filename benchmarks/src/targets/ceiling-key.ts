import type { Target } from './target.js';

/** Key of the generator's ceiling that holds for a target: its reader, and for our clients their mode. */
export function ceilingKeyOf({ driver, options }: Target): string {
  return driver === 'tokenwire' ? `tokenwire:${String(options['mode'])}` : driver;
}
