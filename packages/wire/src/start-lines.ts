/** What the reader needs of a request line. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
}

/** RFC 9112, section 3; undefined when it is none. */
export function requestLine(line: string): RequestLine | undefined {
  const [, method, target] = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.[01]$/.exec(line) ?? [];
  return method === undefined || target === undefined ? undefined : { method, target };
}

/** RFC 9112, section 4: the status; undefined when it is none. */
export function statusLine(line: string): number | undefined {
  const status = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/s.exec(line)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** What a status means (RFC 9110, section 15). */
export function statusNote(status: number): string {
  const special: Readonly<Record<number, string>> = {
    101: 'Switching Protocols: from here on WebSocket frames',
    204: 'No Content: there is no body',
    304: 'Not Modified: there is no body',
  };
  const classes = [
    '',
    'interim: the answer is still to come',
    'success',
    'redirection',
    'client error',
    'server error',
  ];
  return special[status] ?? classes[Math.floor(status / 100)] ?? '';
}
