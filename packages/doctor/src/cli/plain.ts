/** Longest text that is shown of anything that came from a server, in characters. */
const MAX_CHARACTERS = 300;

/**
 * Text that a terminal shows and does not obey: control characters and those that change the direction of writing, or
 * cannot be seen, are written as codes; long text is cut.
 */
export function plain(text: string): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
  });
  return safe.length > MAX_CHARACTERS ? `${safe.slice(0, MAX_CHARACTERS)} …` : safe;
}
