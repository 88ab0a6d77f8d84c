import { errorFromBody, type ErrorBody } from '@tokenwire/protocol';

/**
 * Asks a server and reads its answer whole.
 * @param init `accept` is JSON unless its headers say otherwise.
 * @throws {TokenwireError} the server's refusal.
 */
export async function askText(url: string, init: RequestInit = {}): Promise<string> {
  const headers = { accept: 'application/json', ...(init.headers as Record<string, string> | undefined) };
  const response = await fetch(url, { ...init, headers });
  const body = await response.text();
  if (response.ok) return body;
  throw errorFromBody((JSON.parse(body) as { error: ErrorBody }).error, 'internal');
}

/** The same, for JSON. */
export async function askJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  return JSON.parse(await askText(url, init)) as T;
}
