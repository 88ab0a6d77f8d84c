import { useCallback, useEffect, useState } from 'react';
import { type Settings, formatSettings, parseSettings } from './settings.js';

/** The settings, kept in the address: what is changed goes there, and another address brings its own. */
export function useSettings(): [Settings, (changes: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(() => parseSettings(location.hash));
  useEffect(() => {
    const read = (): void => setSettings(parseSettings(location.hash));
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  const change = useCallback((changes: Partial<Settings>) => setSettings((before) => ({ ...before, ...changes })), []);
  useEffect(() => {
    const fragment = formatSettings(settings);
    // Replaced, not pushed: "back" leaves the page instead of undoing each letter of the prompt.
    if (fragment !== location.hash.slice(1))
      history.replaceState(null, '', fragment === '' ? location.pathname : `#${fragment}`);
  }, [settings]);
  return [settings, change];
}
