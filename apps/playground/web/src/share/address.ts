import type { PaneHandle } from '../pane/handle.js';
import { type Settings, formatSettings } from '../settings/settings.js';

/** The page with all its settings, for whoever is to ask the same. `page` is its address; what is behind `#` is replaced. */
export function askAddress(page: string, settings: Settings): string {
  return withFragment(page, { ...settings, read: [] });
}

/** The page that reads the answers that the panes have, or undefined while one of them has no id yet. */
export function readAddress(page: string, settings: Settings, panes: readonly PaneHandle[]): string | undefined {
  const ids = panes.flatMap(({ record }) => record.id ?? []);
  if (ids.length === 0 || ids.length < panes.length) return undefined;
  return withFragment(page, { ...settings, panes: panes.map(({ record }) => record.mode), read: ids });
}

function withFragment(page: string, settings: Settings): string {
  const [base = ''] = page.split('#');
  const fragment = formatSettings(settings);
  return fragment === '' ? base : `${base}#${fragment}`;
}
