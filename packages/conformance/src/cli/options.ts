import { parseArgs } from 'node:util';

import { MODES, type Mode } from '@tokenwire/protocol';

import { REQUIREMENTS } from '../registry.js';
import { commandWords } from './command-words.js';

/** Longest a requirement may take, in milliseconds, unless `--timeout` says otherwise. */
export const DEFAULT_TIMEOUT_MS = 60_000;

export const USAGE = `Asks a server whether it keeps the tokenwire protocol.

  tokenwire-conformance <url> --mode <${MODES.join('|')}|all> [options]
  tokenwire-conformance --launch '<command>' --mode … [options]
  tokenwire-conformance --list | --explain <id>

  <url>            http://HOST:PORT of a running server
  --mode           how its events travel; all: a server that carries all modes on one log
  --launch         starts your server for requirements that need one of their own; the command must print
                   "listening http://HOST:PORT" first, and take more options at its end, for example
                   'node server.js --port 0'. Without <url> the server under test is started with it too
  --upstream       starts a model server for the tests and tells launched servers where it is, in
                   TOKENWIRE_COMPATIBLE_URL; needs --launch, and no <url>
  --only           ask these requirements only: ids, separated by commas
  --bail           stop after the first failure
  --timeout        longest a requirement may take, in ms (default ${DEFAULT_TIMEOUT_MS})
  --json           one JSON document on standard output instead of the report
  --list           all requirements
  --explain        what a requirement is, why, where it comes from, and whom it is asked of
`;

/** The command line asked for something that does not exist; the message says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Asking a server. */
export interface RunOptions {
  readonly kind: 'run';
  /** Where the server under test is; undefined: start it with `launch`. */
  readonly url: string | undefined;
  readonly mode: Mode | 'all';
  /** Program and arguments that start a server. */
  readonly launch: readonly string[] | undefined;
  readonly upstream: boolean;
  /** Ids to ask; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly bail: boolean;
  readonly timeoutMs: number;
  readonly json: boolean;
}

/** What the command line asks for. */
export type Command =
  | RunOptions
  | { readonly kind: 'help' | 'list' }
  | { readonly kind: 'explain'; readonly id: string };

/** Reads a command line. @throws {UsageError} when it makes no sense. */
export function readCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  if (values.explain !== undefined) return { kind: 'explain', id: knownId(values.explain) };
  if (positionals.length > 1) throw new UsageError('There is one server under test; more than one <url> was given.');
  const launch = values.launch === undefined ? undefined : commandWords(values.launch);
  if (launch?.length === 0) throw new UsageError('--launch needs a command.');
  const url = positionals[0] === undefined ? undefined : originOf(positionals[0]);
  if (url === undefined && launch === undefined) throw new UsageError('Say which server: a <url>, or --launch.');
  if (values.upstream && (launch === undefined || url !== undefined))
    throw new UsageError('--upstream works only on a server that --launch starts: give --launch, and no <url>.');
  return {
    kind: 'run',
    url,
    mode: modeOf(values.mode),
    launch,
    upstream: values.upstream,
    only: values.only?.flatMap((ids) => ids.split(',')).map(knownId),
    bail: values.bail,
    timeoutMs: timeoutOf(values.timeout),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        mode: { type: 'string' },
        launch: { type: 'string' },
        upstream: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        bail: { type: 'boolean', default: false },
        timeout: { type: 'string', default: String(DEFAULT_TIMEOUT_MS) },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        explain: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function modeOf(name = ''): Mode | 'all' {
  const mode = [...MODES, 'all' as const].find((one) => one === name);
  if (mode === undefined) throw new UsageError(`--mode must be one of ${MODES.join(', ')}, all.`);
  return mode;
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Requirements also speak below HTTP, on bare sockets, and at fixed paths.
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '')
    throw new UsageError(`The server’s address must be http://HOST:PORT without a path, not ${text}`);
  return url.origin;
}

function timeoutOf(text: string): number {
  const timeoutMs = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (timeoutMs < 100) throw new UsageError('--timeout must be 100 to 9999999 milliseconds.');
  return timeoutMs;
}

function knownId(id: string): string {
  if (REQUIREMENTS.some((requirement) => requirement.id === id)) return id;
  throw new UsageError(`There is no requirement ${id}; --list shows all.`);
}
