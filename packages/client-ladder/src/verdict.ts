import { TokenwireError } from '@tokenwire/protocol';

/** Refusals that another transport may not get: this one is not offered here. */
const REFUSALS: ReadonlySet<string> = new Set(['method_not_allowed', 'not_acceptable', 'upgrade_required']);

/** What the end of a connection says about its transport; undefined: nothing. */
export type Verdict = 'refused' | 'bad_response' | 'handshake' | 'dies' | undefined;

/**
 * Judges a connection that brought no event. What the server itself says (overloaded, not found, …) is about the request
 * and would be said on every transport.
 * @param accepted whether the server has accepted: headers came, or a socket's first message.
 * @param error what it ended with; undefined for a clean end.
 * @param anonymous whether this transport could not say who asks, which others can.
 */
export function verdictOn(accepted: boolean, error: unknown, anonymous = false): Verdict {
  if (error instanceof TokenwireError) {
    if (REFUSALS.has(error.code) || (anonymous && error.code === 'unauthenticated')) return 'refused';
    if (error.code === 'bad_response') return 'bad_response';
    if (error.code !== 'connection_lost') return undefined;
  }
  return accepted ? 'dies' : 'handshake';
}
