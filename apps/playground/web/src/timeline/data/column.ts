const FIRST_CAPACITY = 256;

/** Numbers that are only appended, in typed memory that doubles when it is full. */
export class Column {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The value at `index`; NaN beyond the end. */
  at(index: number): number {
    return index < this.#length ? (this.#values[index] ?? Number.NaN) : Number.NaN;
  }

  get last(): number {
    return this.at(this.#length - 1);
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** Replaces the last value. */
  setLast(value: number): void {
    this.#values[this.#length - 1] = value;
  }

  /** Forgets all values and keeps the memory, for a column that is filled anew for each picture. */
  clear(): void {
    this.#length = 0;
  }

  /** The values, without a copy; good until the next `push` or `clear`. */
  view(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** Index of the first value that is greater than `limit`; `length` when there is none. The values must ascend. */
  firstAbove(limit: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#values[middle] ?? 0) > limit) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Something for each row, made when it is first asked for: columns that are filled anew for each picture. */
export function perRow<T>(make: () => T): (row: number) => T {
  const made: T[] = [];
  return (row) => (made[row] ??= make());
}
