/** What has arrived and was not asked for yet: a socket pushes, an application pulls. */
export class Inbox {
  #unread: unknown[] = [];
  #unreadLength = 0;
  #takenLength = 0;
  #end: { readonly error: unknown } | undefined;
  #wake = (): void => undefined;

  /** UTF-16 units of the messages that the application has not finished with. */
  get length(): number {
    return this.#unreadLength;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  push(event: unknown, length: number): void {
    this.#unread.push(event);
    this.#unreadLength += length;
    this.#wake();
  }

  /** Nothing follows; with an error, reading throws it after everything that came before. Only the first end counts. */
  finish(error?: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  /**
   * Everything that has arrived; undefined at the end. Asking for more means that the last batch is finished with.
   * @param onEmpty called before waiting, when nothing is there.
   */
  async next(onEmpty: () => void): Promise<readonly unknown[] | undefined> {
    this.#unreadLength -= this.#takenLength;
    this.#takenLength = 0;
    while (this.#unread.length === 0) {
      if (this.#end?.error !== undefined) throw this.#end.error as Error;
      if (this.#end) return undefined;
      onEmpty();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const events = this.#unread;
    this.#unread = [];
    this.#takenLength = this.#unreadLength;
    return events;
  }
}
