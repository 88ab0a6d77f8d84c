import type { GenerationRequest, Mode } from '@tokenwire/protocol';
import type { PaneHandle } from '../pane/handle.js';

/** What one pane does, as far as it can be done without the page. */
export interface Subject {
  readonly mode: Mode;
  /** The server's base URL, without a slash at its end. */
  readonly url: string;
  /** What is asked, or the cursor of an answer that is read: exactly one of them. */
  readonly from: { readonly request: GenerationRequest } | { readonly after: string };
}

/** Undefined for a pane that neither asks nor reads. */
export function subjectOf({ record, request, after, url }: PaneHandle): Subject | undefined {
  const from = after === undefined ? request && { request } : { after };
  return from && { mode: record.mode, url: withoutLane(url), from };
}

/** The query names the lane, a line through the page's fault proxy that ends with the page. */
function withoutLane(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/$/, '');
}
