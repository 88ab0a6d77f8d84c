import { TokenwireError } from '@tokenwire/protocol';

/** `JSON.parse` that gives undefined for what is not JSON: the engine refuses it when its turn comes. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The body as text, up to a limit, because a hostile body need not end.
 * @throws {TokenwireError} `bad_response` beyond `maxBytes`; what `fetch` throws when the connection breaks.
 */
export async function readText(
  response: Response,
  maxBytes: number,
  onBytes?: (count: number) => void,
): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    onBytes?.(value.byteLength);
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw new TokenwireError('bad_response', `The server's answer is longer than ${maxBytes} bytes.`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** 128 random bits as `[A-Za-z0-9-]`. Browsers have `randomUUID` only in secure contexts. */
export function randomToken(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
