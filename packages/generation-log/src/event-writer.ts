import type { ContentBlock, Delta, EventBody, TokenLogprob } from '@tokenwire/protocol';
import type { Piece } from '@tokenwire/token-source';

import type { GenerationLog } from './log.js';

/**
 * Turns what a model says into events: opens and closes the blocks around it.
 * Sources know nothing of events, transports know nothing of pieces; this is the one place that knows both.
 */
export class EventWriter {
  readonly #log: GenerationLog;
  readonly #model: string;
  #open: ContentBlock['type'] | undefined;
  #index = -1;

  constructor(log: GenerationLog, model: string) {
    this.#log = log;
    this.#model = model;
  }

  /** Begins the answer, unless it has begun. */
  begin(): void {
    if (this.#log.lastSeq === 0) this.#log.append({ type: 'message_start', id: this.#log.id, model: this.#model });
  }

  write(piece: Piece): void {
    const { dueMs } = piece;
    switch (piece.type) {
      case 'text':
        this.#enter({ type: 'text' }, dueMs);
        this.#append({ type: 'text_delta', text: piece.text }, piece, piece.logprobs);
        break;
      case 'thinking':
        this.#enter({ type: 'thinking' }, dueMs);
        this.#append({ type: 'thinking_delta', thinking: piece.thinking }, piece);
        break;
      case 'tool_use':
        this.#openBlock({ type: 'tool_use', id: piece.id, name: piece.name }, dueMs);
        break;
      case 'tool_input':
        this.#append({ type: 'input_json_delta', partialJson: piece.partialJson }, piece);
        break;
      case 'end':
        this.#closeBlock(dueMs);
        this.#log.append({ type: 'message_delta', stopReason: piece.stopReason, usage: piece.usage }, dueMs);
        this.#log.append({ type: 'message_stop' }, dueMs);
        break;
    }
  }

  /** The hot path: nearly every event is a delta of one token, which needs no more than three fields. */
  #append(delta: Delta, { tokens = 1, dueMs }: Piece, logprobs?: readonly TokenLogprob[]): void {
    const body: EventBody = { type: 'content_block_delta', index: this.#index, delta };
    if (tokens === 1 && !logprobs) this.#log.append(body, dueMs);
    else this.#log.append({ ...body, ...(tokens === 1 ? {} : { tokens }), ...(logprobs && { logprobs }) }, dueMs);
  }

  #enter(block: ContentBlock, dueMs: number | undefined): void {
    if (this.#open !== block.type) this.#openBlock(block, dueMs);
  }

  #openBlock(block: ContentBlock, dueMs: number | undefined): void {
    this.#closeBlock(dueMs);
    this.#index += 1;
    this.#open = block.type;
    this.#log.append({ type: 'content_block_start', index: this.#index, block }, dueMs);
  }

  #closeBlock(dueMs: number | undefined): void {
    if (this.#open === undefined) return;
    this.#open = undefined;
    this.#log.append({ type: 'content_block_stop', index: this.#index }, dueMs);
  }
}
