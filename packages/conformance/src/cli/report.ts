import { REQUIREMENTS } from '../registry.js';
import { ABILITIES, type Ability } from '../target.js';
import { HOW_TO_OFFER } from './explain.js';
import { totalsOf, type Result } from './result.js';

/** Where a report goes, and what that place can show. */
export interface Paper {
  readonly write: (text: string) => void;
  /** Whether it understands colours. */
  readonly colour: boolean;
  /** Whether a line can be taken back: a terminal, not a file. */
  readonly transient: boolean;
}

const COLOURS = { red: 31, green: 32, bold: 1, dim: 2 } as const;
type Paint = (colour: keyof typeof COLOURS, text: string) => string;

/** A report for people, written while the requirements are asked. */
export class Report {
  readonly #paper: Paper;
  readonly #paint: Paint;
  readonly #total: number;
  #heading = '';
  #asked = 0;
  /** Not asked in the current group: reason → how many. */
  readonly #skipped = new Map<string, number>();

  /** @param total how many requirements there are to go through, over all modes */
  constructor(paper: Paper, total: number) {
    this.#paper = paper;
    this.#total = total;
    this.#paint = (colour, text) => (paper.colour ? `\u001B[${COLOURS[colour]}m${text}\u001B[0m` : text);
  }

  /** A requirement is being asked. */
  started(title: string): void {
    if (this.#paper.transient)
      this.#paper.write(`\r\u001B[K  … ${this.#asked + 1}/${this.#total} ${title.slice(0, 60)}`);
  }

  /** And this came of it. */
  add(result: Result): void {
    this.#asked += 1;
    this.#head(`${result.group} · ${result.mode}`);
    const { reason = '' } = result;
    if (result.status === 'not-asked') this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
    else if (result.status === 'passed')
      this.#line(`  ${this.#paint('green', '✓')} ${result.title}${this.#time(result)}`);
    else this.#failure(result);
  }

  /** What it all means. */
  end(results: readonly Result[], tookMs: number): void {
    this.#head('');
    const { passed, failed, notAsked } = totalsOf(results);
    const failures = results.filter(({ status }) => status === 'failed');
    if (failures.length > 0) this.#line(this.#paint('bold', 'Failed'));
    for (const { id, mode, title } of failures) this.#line(`  ${this.#paint('red', '✗')} ${id} (${mode}): ${title}`);
    for (const hint of hintsOf(results)) this.#line(this.#paint('dim', hint));
    const failedText = this.#paint(failed > 0 ? 'red' : 'dim', `${failed} failed`);
    this.#line(`${passed} passed, ${failedText}, ${notAsked} not asked, ${(tookMs / 1000).toFixed(1)} s`);
  }

  #failure(result: Result): void {
    const { id, title, source, error = '' } = result;
    const why = REQUIREMENTS.find((requirement) => requirement.id === id)?.why ?? '';
    this.#line(`  ${this.#paint('red', '✗')} ${this.#paint('bold', title)}${this.#time(result)}`);
    this.#line(`      seen    ${error.replaceAll('\n', '\n              ')}`);
    this.#line(`      matters ${why}`);
    this.#line(`      source  ${source}`);
    this.#line(`      more    --explain ${id}`);
  }

  #time({ durationMs }: Result): string {
    return this.#paint('dim', `  ${durationMs < 1_000 ? `${durationMs} ms` : `${(durationMs / 1_000).toFixed(1)} s`}`);
  }

  /** Begins a group, after what is to be said at the end of the one before. */
  #head(heading: string): void {
    if (heading === this.#heading) return;
    for (const [reason, count] of this.#skipped) {
      this.#line(`  – ${this.#paint('dim', `${count} not asked: ${reason}`)}`);
    }
    this.#skipped.clear();
    this.#heading = heading;
    this.#line(heading === '' ? '' : `\n${this.#paint('bold', heading)}`);
  }

  #line(text: string): void {
    this.#paper.write(`${this.#paper.transient ? '\r\u001B[K' : ''}${text}\n`);
  }
}

/** How more could be asked. */
function hintsOf(results: readonly Result[]): readonly string[] {
  return (Object.keys(ABILITIES) as Ability[]).flatMap((ability) => {
    const count = results.filter(({ reason }) => reason === ABILITIES[ability]).length;
    return count === 0 ? [] : [`${count} not asked: to ask them, ${HOW_TO_OFFER[ability]}`];
  });
}
