/**
 * Splits a command into words as a shell does: spaces separate, '…' and "…" keep together, a backslash before a space,
 * quote or backslash takes it as it is. Nothing else is special, so paths of Windows pass unchanged.
 */
export function commandWords(command: string): readonly string[] {
  const words = command.matchAll(/(?:\\[\s"'\\]|'[^']*'|"[^"]*"|[^\s"'])+/g);
  return Array.from(words, ([word]) =>
    word.replaceAll(
      /\\([\s"'\\])|'([^']*)'|"([^"]*)"/g,
      (_, escaped?: string, single?: string, double?: string) => escaped ?? single ?? double ?? '',
    ),
  );
}
