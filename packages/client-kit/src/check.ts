import { type StreamEvent, isGenerationId } from '@tokenwire/protocol';

/**
 * Whether something that should be an event is one. Strict about what this client and every application relies on;
 * types and fields that a newer server adds pass. `id` is the generation that is being read, if that is known.
 */
export function isEvent(value: unknown, id: string | undefined): value is StreamEvent {
  const event = (value ?? {}) as Partial<StreamEvent>;
  if (!Number.isSafeInteger(event.seq) || (event.seq ?? 0) < 1) return false;
  switch (event.type) {
    case 'message_start':
      return id === undefined ? isGenerationId(String(event.id)) : event.id === id;
    case 'content_block_delta': {
      const delta = event.delta as { type?: unknown; text?: unknown } | undefined;
      return typeof delta?.type === 'string' && (delta.type !== 'text_delta' || typeof delta.text === 'string');
    }
    case 'error':
      return typeof event.error?.code === 'string' && typeof event.error.message === 'string';
    default:
      return typeof event.type === 'string';
  }
}
