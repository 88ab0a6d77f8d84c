import type { Read, Sink } from '../drivers/driver.js';
import type { Target } from '../targets/target.js';
import type { Trace } from '../trace/trace.js';
import { sizeOf } from './arithmetic.js';
import { DIALECTS, UNTOLD } from './dialects.js';
import { groupingOf } from './grouping.js';
import { isWhole, ledgerOf, withPayload, type Ledger } from './ledger.js';
import { differences, predict } from './predict.js';
import { recordWire } from './recorder.js';

/** The ledger of one answer, and what speaks against it. */
export interface Checked {
  readonly ledger: Ledger;
  /** False for a target that has no arithmetic. */
  readonly reckoned: boolean;
  /** Where text or arithmetic differ; empty when all is well. */
  readonly problems: readonly string[];
}

/** Which answer of which server is to be measured. */
export interface LedgerOptions {
  readonly target: Pick<Target, 'name' | 'kind' | 'driver' | 'options'>;
  /** The server's own, past every front. */
  readonly url: string;
  readonly trace: Pick<Trace, 'name' | 'texts'>;
  readonly signal: AbortSignal;
  /** Where drivers are; for tests, which run sources. Default: beside this module. */
  readonly load?: (driver: string) => Promise<{ readonly read: Read }>;
}

/** The id and the model's name in the events of a control. */
const CONTROL = { id: `gen_${'0'.repeat(24)}`, model: 'trace' };

const loadBuilt = (driver: string): Promise<{ readonly read: Read }> =>
  import(`../drivers/${driver}.js`) as Promise<{ readonly read: Read }>;

/**
 * Reads one answer through a recorder, takes its bytes apart, and checks them against arithmetic.
 * `options.dialect` of the target says how it says its tokens; default `untold` for peers, `tokenwire` for all others.
 * @throws {UnreadableWire} what cannot be taken apart; whatever the driver throws.
 */
export async function measureLedger(options: LedgerOptions): Promise<Checked> {
  const { target, url, trace, signal, load = loadBuilt } = options;
  const { read } = await load(target.driver);
  const usual = target.kind === 'peer' ? 'untold' : 'tokenwire';
  const name = target.options['dialect'] ?? usual;
  const dialect = typeof name === 'string' ? DIALECTS[name] : undefined;
  if (!dialect) throw new Error(`nothing is known about the dialect ${JSON.stringify(name)}`);
  const recorder = await recordWire(url);
  const heard = new Heard();
  try {
    await read(
      { url: recorder.url, stream: 0, trace: trace.name, texts: trace.texts, options: target.options, signal },
      heard,
    );
    await recorder.until(() => isWhole(recorder.connections));
    const seen = ledgerOf(recorder.connections, dialect);
    const ledger = dialect === UNTOLD ? withPayload(seen, sizeOf(heard.text)) : seen;
    const own = target.kind === 'ours' ? { id: heard.name, model: `replay/${trace.name}` } : CONTROL;
    const reckoned = predict(target.name, { ...own, texts: trace.texts }, groupingOf(recorder.connections));
    const problems = heard.text === trace.texts.join('') ? [] : ['the text is not that of the trace'];
    if (reckoned) problems.push(...differences(ledger, reckoned));
    return { ledger, reckoned: reckoned !== null, problems };
  } finally {
    await recorder.close();
  }
}

/** What a reader says of one answer. */
class Heard implements Sink {
  text = '';
  name = '';

  token(text: string): void {
    this.text += text;
  }

  id(id: string): void {
    this.name = id;
  }

  headers(): void {}
  requests(): void {}
  lost(): void {}
  doubled(): void {}
  extra(): void {}
}
