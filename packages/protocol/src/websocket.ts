import type { ErrorBody } from './errors.js';
import type { StreamEvent } from './events.js';
import type { GenerationRequest, StopReceipt } from './request.js';

/** The WebSocket subprotocol: both ends name it, so a foreign server is noticed at once. */
export const WEBSOCKET_PROTOCOL = 'tokenwire.v1';

/** What a client says. `ref` is a number it chooses; one socket carries many generations. */
export type ClientMessage =
  | {
      readonly type: 'generate';
      readonly ref: number;
      readonly request: GenerationRequest;
      readonly idempotencyKey?: string;
    }
  | { readonly type: 'attach'; readonly ref: number; readonly after: string }
  | { readonly type: 'detach'; readonly ref: number }
  | { readonly type: 'stop'; readonly id: string }
  | { readonly type: 'pong' }
  /** The first message on a server with users, where the upgrade had no credentials. One of the two. */
  | { readonly type: 'authenticate'; readonly token?: string; readonly ticket?: string };

/** What a server says. */
export type ServerMessage =
  | {
      readonly ref: number;
      readonly generation: string;
      readonly cursor: string;
      /** True when the terminal event is at or before the cursor, so nothing will follow. */
      readonly done?: boolean;
    }
  | { readonly ref: number; readonly event: StreamEvent }
  | { readonly stopped: string; readonly receipt: StopReceipt }
  /** With `ref`, nothing follows under it. With `refInUse`, what that ref reads already goes on. */
  | { readonly ref?: number; readonly refInUse?: number; readonly error: ErrorBody }
  | { readonly type: 'ping' };
