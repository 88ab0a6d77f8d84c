import { TokenwireError } from '@tokenwire/protocol';
import { badResponse, damaged } from './errors.js';

/** `JSON.parse` that gives undefined for what is not JSON: the engine refuses it when its turn comes. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The most that one event may take on the wire, in UTF-16 units: 2 Mi. A legal token of 256 KiB becomes 1.5 MB of JSON
 * if it consists of control characters, so 1 MiB would be too little.
 */
export const MAX_EVENT_LENGTH = 2 * 1024 * 1024;

/** What an endless or oversized event gets. */
export function tooLong(): TokenwireError {
  return badResponse(`The server sent more than ${MAX_EVENT_LENGTH} characters for one event.`);
}

/**
 * Decodes UTF-8 piece by piece, also when a character is cut. Bytes that are no UTF-8 are not replaced by U+FFFD, as
 * `TextDecoder` does by itself: the application would get a text that the server never sent.
 * @returns a function that throws `bad_response`, which the engine takes for an accident once.
 */
export function utf8Decoder(options?: TextDecoderOptions): (bytes?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { ...options, fatal: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw damaged('The server sent bytes that are not UTF-8.');
    }
  };
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
  const decode = utf8Decoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decode();
    size += value.byteLength;
    onBytes?.(value.byteLength);
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw badResponse(`The server sent more than ${maxBytes} bytes.`);
    }
    text += decode(value);
  }
}

/** 128 random bits as `[A-Za-z0-9-]`. Browsers have `randomUUID` only in secure contexts. */
export function randomToken(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
