/** Counts the words of a text that grows; looks only at what is new. */
export class WordCount {
  #text = '';
  #words = 0;
  #inWord = false;

  /** Words of `text`, which are what stands between white space. A text that does not go on with the last one is counted anew. */
  of(text: string): number {
    const goesOn = text.length >= this.#text.length && text.startsWith(this.#text);
    if (!goesOn) {
      this.#words = 0;
      this.#inWord = false;
    }
    for (let index = goesOn ? this.#text.length : 0; index < text.length; index += 1) {
      const isSpace = /\s/.test(text[index] ?? '');
      if (!isSpace && !this.#inWord) this.#words += 1;
      this.#inWord = !isSpace;
    }
    this.#text = text;
    return this.#words;
  }
}
