import type { Mode } from '@tokenwire/protocol';
import { CLIENT_OPTIONS } from '../pane/client-options.js';
import type { Subject } from './subject.js';
import { visibleJson } from './visible-json.js';

/** One word for a POSIX shell, whatever is in it: nothing is special between single quotes but their end. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Reads a field of the last page: strings in JSON have their quotes escaped, so no text of an answer looks like a field. */
const FIELD = String.raw`field() { printf '%s\n' "$page" | sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p"; }`;

/** The handshake of RFC 6455, section 1.3, by hand; the key is the example of that section. */
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** The lines for a POSIX shell that do over curl what the pane's client does; several, to be pasted as a whole. */
export function curlOf(subject: Subject): string {
  return WRITERS[subject.mode](subject);
}

const WRITERS: Record<Mode, (subject: Subject) => string> = {
  chunked: (subject) => stream(subject, 'application/x-ndjson', (cursor) => ({ query: `?after=${cursor}` })),
  sse: (subject) => stream(subject, 'text/event-stream', (cursor) => ({ headers: [`Last-Event-ID: ${cursor}`] })),
  websocket,
  'long-poll': (subject) => polls(subject, CLIENT_OPTIONS.waitSeconds),
  'short-poll': (subject) => polls(subject, 0),
};

interface Resume {
  readonly query?: string;
  readonly headers?: readonly string[];
}

function stream({ url, from }: Subject, accept: string, resume: (cursor: string) => Resume): string {
  if ('request' in from) return post('curl -sSN', from.request, accept, shellQuote(`${url}/generations`));
  const { query = '', headers = [] } = resume(from.after);
  const target = shellQuote(url + eventsOf(from.after) + query);
  return `curl -sSN ${headersOf([`Accept: ${accept}`, ...headers])} ${target}`;
}

/** curl cannot send messages, so the answer is asked for with a POST; the upgrade then attaches to it. */
function websocket(subject: Subject): string {
  const target = `"$url/generations?after=$cursor"`;
  return [
    ...begin(subject),
    'if [ -n "$cursor" ]; then',
    `  curl -sSN --http1.1 --output - ${headersOf(UPGRADE)} \\`,
    `    ${target}`,
    `else printf '%s\\n' "$page"; fi`,
  ].join('\n');
}

function polls(subject: Subject, waitSeconds: number): string {
  const target = `"$url/generations/\${cursor%.*}/events?after=$cursor&wait=${waitSeconds}"`;
  // The next request begins when the last one is answered; with `wait=0` as much later as the server advises.
  const pause = waitSeconds === 0 ? [`  sleep "$(field nextPollMs | awk '{ print $1 / 1000 }')"`] : [];
  return [
    ...begin(subject),
    `[ -n "$cursor" ] || printf '%s\\n' "$page"`,
    'while [ -n "$cursor" ]; do',
    `  page=$(curl -sS ${headersOf(['Accept: application/json'])} ${target})`,
    `  printf '%s\\n' "$page"`,
    `  case $page in *'"done":true'*) break ;; esac`,
    '  cursor=$(field cursor)',
    ...pause,
    'done',
  ].join('\n');
}

/** Sets `$url` and `$cursor`; `$page` holds the refusal when there is no cursor. */
function begin({ url, from }: Subject): string[] {
  const base = `url=${shellQuote(url)}`;
  if ('after' in from) return [FIELD, base, `cursor=${shellQuote(from.after)} page=`];
  const started = post('curl -sS', from.request, 'application/json', '"$url/generations"');
  return [FIELD, base, `page=$(${started})`, 'cursor=$(field cursor)'];
}

function post(curl: string, request: unknown, accept: string, target: string): string {
  const headers = headersOf(['Content-Type: application/json', `Accept: ${accept}`]);
  return `${curl} ${headers} \\\n  --data-raw ${shellQuote(visibleJson(request))} \\\n  ${target}`;
}

function headersOf(headers: readonly string[]): string {
  return headers.map((header) => `-H ${shellQuote(header)}`).join(' ');
}

function eventsOf(cursor: string): string {
  return `/generations/${cursor.slice(0, cursor.lastIndexOf('.'))}/events`;
}
