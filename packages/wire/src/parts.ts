/** What a byte is there for. */
export type Part = 'payload' | 'envelope' | 'framing' | 'http' | 'coded';
