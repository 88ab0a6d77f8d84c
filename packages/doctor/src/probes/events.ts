/** What the doctor notes of the events of an answer. */
export class EventNotes {
  /** When each token came. */
  readonly tokens: number[] = [];
  /** Whether the terminal event came. */
  terminal = false;
  heartbeats = 0;
  readonly #ids = new Set<string>();

  /** The generations that were seen. */
  get ids(): readonly string[] {
    return [...this.#ids];
  }

  /** A unit of a stream: a block of SSE, a line, or a WebSocket message. */
  readonly unit = (text: string, atMs: number): void => {
    if (text === '' || text.startsWith(':') || text === '{"type":"ping"}') {
      this.heartbeats += 1;
      return;
    }
    const json = /^data: ?(.*)$/m.exec(text)?.[1] ?? text;
    this.event(json, atMs);
  };

  /** An event, or a message that carries one. */
  event(json: string, atMs: number): void {
    const started = /"(?:id|generation)":"(gen_[A-Za-z0-9]{1,64})"/.exec(json)?.[1];
    if (started !== undefined) this.#ids.add(started);
    const type = /"seq":\d+,"type":"(\w+)"/.exec(json)?.[1];
    if (type === 'content_block_delta') this.tokens.push(atMs);
    else if (type === 'message_stop' || type === 'cancelled' || type === 'error') this.terminal = true;
  }
}
