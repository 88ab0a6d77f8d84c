import { Command, InvalidArgumentError, Option } from 'commander';

import { parse, whole } from '../command-line.js';
import { UsageError } from '../compare/failures.js';
import {
  AUTH,
  DEFAULTS,
  MEASURED_PROXIES,
  NETWORKS,
  PRIORITIES,
  PROXIES,
  READERS,
  SERVERLESS_SECONDS,
  WISHES,
  type Requirements,
} from './requirements.js';

/** What `npm run advise` can be told. */
export interface AdviseOptions {
  readonly requirements: Requirements;
  /** Print JSON instead of text. */
  readonly json: boolean;
  /** Path of a `report.json`; undefined: the newest full results, see `find-report.ts`. */
  readonly report: string | undefined;
}

/** As commander gives them: requirements whose flags have a name of their own, and the rest. */
type Given = Omit<Requirements, 'reader' | 'http' | 'maxResponseSeconds' | 'proxyConfig'> &
  Pick<AdviseOptions, 'json' | 'report'> & {
    readonly [reader in Requirements['reader']]?: boolean;
  } & {
    readonly http1?: boolean;
    readonly http2?: boolean;
    readonly maxResponseSeconds?: number;
    readonly proxyConfig?: Requirements['proxyConfig'];
  };

/**
 * Reads the command line.
 * @returns undefined when help was asked for, and shown.
 * @throws {UsageError} for an unknown flag, an impossible value, or flags that exclude each other.
 */
export function readOptions(argv: readonly string[]): AdviseOptions | undefined {
  const command = parse(adviseCommand(), argv);
  if (!command) return undefined;
  const { json, report, browser, node, native, curl, http1, http2, ...given } = command.opts<Given>();
  const readers = READERS.filter((name) => ({ browser, node, native, curl })[name] === true);
  refuse(readers.length > 1, `--${readers.join(' and --')}: an answer is for one kind of reader; ask for each`);
  refuse(http1 === true && http2 === true, '--http1 and --http2 exclude each other');
  const [reader = DEFAULTS.reader] = readers;
  const limit = given.maxResponseSeconds ?? (given.serverless ? SERVERLESS_SECONDS : null);
  const requirements: Requirements = {
    ...given,
    reader,
    http: http2 ? 2 : 1,
    proxyConfig: given.proxyConfig ?? DEFAULTS.proxyConfig,
    maxResponseSeconds: limit,
  };
  contradictions(requirements, given.proxyConfig !== undefined);
  return { requirements, json, report };
}

/** The command with all its flags, for its help and for the test of its documentation. */
export function adviseCommand(): Command {
  const text = (flags: string, description: string) => new Option(flags, description);
  return new Command('advise')
    .description('Recommends a mode for what you need, from the figures of the laboratory.')
    .option('--browser', 'a web page reads (default)')
    .option('--node', 'a Node program reads')
    .option('--native', 'a mobile or desktop application reads')
    .option('--curl', 'a command line reads')
    .option('--plain-text', 'the reader takes text, not events', DEFAULTS.plainText)
    .addOption(text('--proxy <name>', 'what stands in front of the server').choices(PROXIES).default(DEFAULTS.proxy))
    .addOption(
      text('--proxy-config <how>', 'as shipped, or with our lines (default documented)').choices([
        'stock',
        'documented',
      ]),
    )
    .addOption(text('--network <profile>', 'network of the readers').choices(NETWORKS).default(DEFAULTS.network))
    .option('--streams <n>', 'answers at the same time', whole, DEFAULTS.streams)
    .option('--readers <n>', 'readers of each answer', whole, DEFAULTS.readers)
    .option('--tokens-per-second <n>', 'of an answer', whole, DEFAULTS.tokensPerSecond)
    .option('--answer-seconds <n>', 'how long an answer takes', whole, DEFAULTS.answerSeconds)
    .addOption(text('--resume <wish>', 'going on after a cut').choices(WISHES).default(DEFAULTS.resume))
    .addOption(text('--stop <wish>', 'a stop that reaches the model').choices(WISHES).default(DEFAULTS.stop))
    .option('--bidirectional', 'the reader talks while it listens', DEFAULTS.bidirectional)
    .option('--http1', 'readers speak HTTP/1.1 (default)')
    .option('--http2', 'readers speak HTTP/2')
    .option('--serverless', `whole responses only, of ${SERVERLESS_SECONDS} s at most`, DEFAULTS.serverless)
    .option('--max-response-seconds <n>', 'the longest a response may take', whole)
    .addOption(text('--auth <how>', 'how readers say who they are').choices(AUTH).default(DEFAULTS.auth))
    .option('--tabs <n>', 'tabs of one browser that read at once', whole, DEFAULTS.tabs)
    .option(
      '--latency-objective-ms <n>',
      '99 % of tokens within so many milliseconds',
      positive,
      DEFAULTS.latencyObjectiveMs,
    )
    .addOption(text('--priority <what>', 'what decides').choices(PRIORITIES).default(DEFAULTS.priority))
    .option('--report <file>', 'a report.json of the laboratory (default the newest full results)')
    .option('--json', 'print JSON', false);
}

function contradictions({ proxy, tabs, reader, plainText, bidirectional }: Requirements, configSaid: boolean): void {
  const measured = (MEASURED_PROXIES as readonly string[]).includes(proxy);
  refuse(configSaid && !measured, `--proxy-config is about ${MEASURED_PROXIES.join(', ')}, not --proxy ${proxy}`);
  refuse(tabs > 1 && reader !== 'browser', `--tabs is about browsers, not --${reader}`);
  refuse(plainText && bidirectional, '--plain-text is one way: it cannot be --bidirectional');
}

function refuse(wrong: boolean, message: string): void {
  if (wrong) throw new UsageError(message);
}

/** A number above 0, at most an hour in milliseconds. */
function positive(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= 3_600_000) return value;
  throw new InvalidArgumentError('Must be a number above 0, at most 3600000.');
}
