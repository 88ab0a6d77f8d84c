// The module loader's side of plant.mjs, which runs in a thread of its own.

/** @type {Map<string, { find: string, replace: string }[]>} Edits by the URL of the file. */
const editsOf = new Map();

/** @param {{ file: string, find: string, replace: string }[]} edits files are named from the repository's root */
export function initialize(edits) {
  for (const { file, find, replace } of edits) {
    const url = new URL(`../../../../${file}`, import.meta.url).href;
    editsOf.set(url, [...(editsOf.get(url) ?? []), { find, replace }]);
  }
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  const edits = editsOf.get(url);
  if (!edits) return loaded;
  let source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source ?? undefined);
  for (const { find, replace } of edits) {
    // A bug that is planted nowhere, or twice, would prove nothing.
    const times = source.split(find).length - 1;
    if (times !== 1) throw new Error(`to be planted once, found ${times} times in ${url}: ${find}`);
    source = source.replace(find, () => replace);
  }
  return { ...loaded, source };
}
