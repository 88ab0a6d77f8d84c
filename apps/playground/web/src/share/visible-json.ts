/**
 * Characters that a terminal or an editor would obey instead of showing them: controls, and marks that turn the direction
 * of the text around them (Unicode Standard Annex 9).
 */
const OBEYED = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** JSON in which nothing is invisible: what is not shown becomes an escape. The value is the same. */
export function visibleJson(value: unknown, indent?: number): string {
  return escapeObeyed(JSON.stringify(value, undefined, indent));
}

/** The same for a JSON text at hand: such characters can only be within its strings, where an escape means the same. */
export function escapeObeyed(json: string): string {
  return json.replace(OBEYED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
