/** Where a request of a browser goes: the page's own server, a server of answers, or a lane on the way to one. */
export interface Destination {
  /** On loopback. It may change for connections that are still to be made. */
  readonly port: number;
  /** Begins to watch what one connection of a browser carries; absent where nobody wants to know. */
  readonly watch?: () => Traffic;
}

/** What one connection of a browser carries for one lane. */
export interface Traffic {
  /** A request of the lane begins. */
  request(): void;
  /** Bytes that the browser sent, as its socket gave them. */
  up(bytes: Buffer): void;
  /** Bytes that are given to the browser's socket. */
  down(bytes: Buffer): void;
  /** It carries nothing more for this lane, unless another request begins. Repeated calls change nothing. */
  end(how: 'fin' | 'rst' | 'other'): void;
}
