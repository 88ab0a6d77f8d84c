import { TokenwireError } from '@tokenwire/protocol';
import type { Piece } from '../source.js';

/** One element of `delta.tool_calls`, as untrusted as it comes. */
export interface ToolCallDelta {
  readonly index?: unknown;
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

interface Call {
  id: string;
  name: string;
  opened: boolean;
  closed: boolean;
  /** Everything so far: tells whether the arguments are complete. */
  json: string;
  /** Fragments that could not be passed on yet. */
  held: string[];
}

/** Most characters of one call's arguments. */
const MAX_ARGUMENTS = 1_048_576;
/** Most calls of one answer. */
const MAX_CALLS = 128;

/**
 * Puts several tool calls in order: ours are blocks, one after the other, while the upstream may interleave the
 * fragments of parallel calls. The first open call streams; later ones are held until its arguments are complete JSON.
 */
export class ToolCalls {
  readonly #calls = new Map<unknown, Call>();
  /** Calls not yet closed, in order of appearance. */
  readonly #queue: Call[] = [];
  #lastKey: unknown = 0;

  get any(): boolean {
    return this.#calls.size > 0;
  }

  /** @throws {TokenwireError} `upstream_protocol` for a fragment of a call that is over, and past the limits. */
  add(delta: ToolCallDelta, out: Piece[]): void {
    const call = this.#callOf(delta);
    const { name, arguments: fragment } = delta.function ?? {};
    if (call.name === '' && typeof name === 'string') call.name = name;
    if (typeof fragment === 'string' && fragment !== '') {
      if (call.closed) throw protocol('The model continued a tool call that it had finished.');
      call.json += fragment;
      call.held.push(fragment);
      if (call.json.length > MAX_ARGUMENTS) throw protocol('The model sent tool arguments that are too long.');
    }
    this.#emit(out, false);
  }

  /** No more fragments will come: everything held is passed on. */
  close(out: Piece[]): void {
    this.#emit(out, true);
  }

  #callOf({ index, id }: ToolCallDelta): Call {
    // Some servers leave out the index: a new id is then a new call, and no id continues the last one.
    const key = index ?? (typeof id === 'string' && id !== '' ? id : this.#lastKey);
    this.#lastKey = key;
    let call = this.#calls.get(key);
    if (!call) {
      if (this.#calls.size >= MAX_CALLS) throw protocol('The model made too many tool calls.');
      call = { id: `call_${this.#calls.size}`, name: '', opened: false, closed: false, json: '', held: [] };
      this.#calls.set(key, call);
      this.#queue.push(call);
    }
    if (!call.opened && typeof id === 'string' && id !== '') call.id = id;
    return call;
  }

  #emit(out: Piece[], closing: boolean): void {
    for (let call = this.#queue[0]; call; call = this.#queue[0]) {
      if (!call.opened) {
        if (call.name === '' && !closing) return;
        if (call.name === '') throw protocol('The model made a tool call without a name.');
        out.push({ type: 'tool_use', id: call.id, name: call.name, tokens: 0 });
        call.opened = true;
      }
      for (const partialJson of call.held) out.push({ type: 'tool_input', partialJson });
      call.held = [];
      if (!closing && !(this.#queue.length > 1 && isComplete(call.json))) return;
      call.closed = true;
      this.#queue.shift();
    }
  }
}

function isComplete(json: string): boolean {
  // Cheap test first: this runs for every fragment while another call waits.
  if (!json.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

function protocol(message: string): TokenwireError {
  return new TokenwireError('upstream_protocol', message);
}
