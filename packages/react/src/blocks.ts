import { type ContentBlock, type Delta, type StreamEvent, textOf } from '@tokenwire/protocol';
import type { AnswerBlock } from './types.js';

/** A block that grows. */
interface Draft {
  readonly position: number;
  readonly index: number;
  readonly block: ContentBlock;
  content: string;
  done: boolean;
}

/**
 * The blocks of an answer. An event costs one concatenation, whatever the length of the answer; `build` makes only
 * those blocks new that have changed since the last time.
 */
export class Blocks {
  /** The text of all text blocks. */
  text = '';
  readonly #drafts = new Map<number, Draft>();
  readonly #changed = new Set<Draft>();
  #built: readonly AnswerBlock[] = [];

  apply(event: StreamEvent): void {
    switch (event.type) {
      case 'content_block_start':
        return this.#open(event.index, event.block);
      case 'content_block_delta': {
        this.text += textOf(event);
        if (!this.#drafts.has(event.index)) this.#open(event.index, blockOf(event.delta));
        const draft = this.#drafts.get(event.index);
        if (draft) draft.content += contentOf(event.delta);
        return this.#touch(draft);
      }
      case 'content_block_stop': {
        const draft = this.#drafts.get(event.index);
        if (draft) draft.done = true;
        return this.#touch(draft);
      }
      default:
    }
  }

  /** The same array as last time, if nothing has changed. */
  build(): readonly AnswerBlock[] {
    if (this.#changed.size === 0) return this.#built;
    const built = this.#built.slice();
    for (const draft of this.#changed) built[draft.position] = finish(draft);
    this.#changed.clear();
    this.#built = built;
    return built;
  }

  #open(index: number, block: ContentBlock): void {
    const draft = {
      position: this.#drafts.get(index)?.position ?? this.#drafts.size,
      index,
      block,
      content: '',
      done: false,
    };
    this.#drafts.set(index, draft);
    this.#touch(draft);
  }

  #touch(draft: Draft | undefined): void {
    if (draft) this.#changed.add(draft);
  }
}

/** Of a delta whose block was never opened: shown all the same. */
function blockOf(delta: Delta): ContentBlock {
  if (delta.type === 'thinking_delta') return { type: 'thinking' };
  return delta.type === 'input_json_delta' ? { type: 'tool_use', id: '', name: '' } : { type: 'text' };
}

function contentOf(delta: Delta): string {
  switch (delta.type) {
    case 'text_delta':
      return delta.text;
    case 'thinking_delta':
      return delta.thinking;
    case 'input_json_delta':
      return delta.partialJson;
    default:
      // A kind that a newer server has added.
      return '';
  }
}

function finish({ index, block, content, done }: Draft): AnswerBlock {
  switch (block.type) {
    case 'thinking':
      return { index, type: 'thinking', thinking: content, done };
    case 'tool_use': {
      const { id, name } = block;
      return { index, type: 'tool_use', id, name, partialJson: content, done, ...(done ? inputOf(content) : {}) };
    }
    default:
      return { index, type: 'text', text: content, done };
  }
}

function inputOf(json: string): { readonly input?: unknown } {
  try {
    return { input: JSON.parse(json) as unknown };
  } catch {
    return {};
  }
}
