import { validateHeaderName, validateHeaderValue } from 'node:http';
import { parseArgs } from 'node:util';

import type { Examination } from '../probes/examine.js';

/** Longest that a stream is watched, in seconds, unless `--limit` says otherwise. */
const DEFAULT_LIMIT = 20;

export const USAGE = `Tells what happens to a stream on its way: buffered, compressed, cut, stripped; and which line repairs it.

  tokenwire-doctor <url> [options]

  <url>            http(s):// or ws(s)://. The root of a tokenwire server: all its modes are tried. A URL that ends in
                   /chat/completions gets a question with "stream": true. Everything else: GET, as EventSource does it
  --method         GET, POST, …; default POST with --data
  --header         "Name: value"; may be given again
  --data           body of the request, JSON unless a header says otherwise; for ws(s): the first message
  --accept         the Accept header
  --origin         the origin of a page that is to read it: CORS is checked
  --idle           leave a stream silent for so many seconds (0 to 3600): is it cut? Default 0: not tried
  --limit          longest that a stream is watched, in seconds (1 to 3600, default ${DEFAULT_LIMIT})
  --insecure       accept any certificate
  --json           one JSON document on standard output instead of the report

Ends with 0: healthy · 1: something harms streaming · 2: wrong usage · 3: no connection, or nothing that can be judged
`;

/** The command line asked for something that does not exist; the message says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the command line asks for. */
export type Command = { readonly kind: 'help' } | ({ readonly kind: 'run'; readonly json: boolean } & Examination);

/** Reads a command line. @throws {UsageError} when it makes no sense. */
export function readCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  const [url, ...rest] = positionals;
  if (url === undefined || rest.length > 0) throw new UsageError('Name one URL, as in http://localhost:4000');
  const headers = Object.fromEntries((values.header ?? []).map(headerOf));
  checkText('--accept', values.accept, 'accept');
  const examination = {
    url: urlOf(url),
    headers: { ...headers },
    method: methodOf(values.method),
    data: values.data,
    accept: values.accept,
    origin: originOf(values.origin),
    idleMs: 1_000 * whole('--idle', values.idle, 0),
    limitMs: 1_000 * whole('--limit', values.limit, 1),
    insecure: values.insecure,
  };
  if (examination.method === 'GET' && values.data !== undefined)
    throw new UsageError('--data needs a method that carries a body: --method POST');
  return { kind: 'run', json: values.json, ...examination };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        method: { type: 'string' },
        header: { type: 'string', multiple: true },
        data: { type: 'string' },
        accept: { type: 'string' },
        origin: { type: 'string' },
        idle: { type: 'string', default: '0' },
        limit: { type: 'string', default: String(DEFAULT_LIMIT) },
        insecure: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^(?:https?|wss?):$/.test(url.protocol) || url.hostname === '')
    throw new UsageError(`The URL must begin with http://, https://, ws:// or wss://, not ${text}`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError('A URL with a password ends up in logs; use --header "Authorization: …".');
  url.hash = '';
  return url;
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon).trim().toLowerCase();
  const value = text.slice(colon + 1).trim();
  try {
    if (colon < 1) throw new Error('no colon');
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new UsageError('--header takes "Name: value".');
  }
  return [name, value];
}

function checkText(option: string, value: string | undefined, name: string): void {
  try {
    if (value !== undefined) validateHeaderValue(name, value);
  } catch {
    throw new UsageError(`${option} holds characters that no header may have.`);
  }
}

function methodOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^[A-Za-z]{1,20}$/.test(text)) throw new UsageError('--method takes a word, such as POST.');
  return text.toUpperCase();
}

function originOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.origin !== text)
    throw new UsageError('--origin takes an origin, such as https://app.example, without a path.');
  return text;
}

function whole(option: string, text: string, least: number): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= 3_600) return value;
  throw new UsageError(`${option} takes whole seconds, ${least} to 3600.`);
}
