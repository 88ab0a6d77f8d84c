import type { Measured } from '../compare/modes.js';
import type { LabReport, Row } from '../report/model.js';
import { between, measured, noted, nothing, type Quantity } from './quantity.js';

/** A row that was found, and may not be used. */
export interface Unused {
  readonly scenario: string;
  readonly target: string;
  readonly point: string;
  readonly verdict: Exclude<Row['verdict'], 'VALID'>;
  readonly reasons: readonly string[];
}

/** Where a figure is looked for. */
export interface Place {
  readonly scenario: string;
  readonly mode: Measured;
  /** All of them have to be factors of the row, or words of its point. Default: none. */
  readonly words?: readonly string[];
}

/** A report, asked for the figures of modes. Rows that are not VALID are noted, and never used. */
export class Evidence {
  readonly #report: LabReport;
  readonly #unused = new Map<string, Unused>();

  constructor(report: LabReport) {
    this.#report = report;
  }

  /** Rows that were asked for and may not be used, in the order in which they were met. */
  get unused(): readonly Unused[] {
    return [...this.#unused.values()];
  }

  /** Whether any row of a scenario says these words and may be used. */
  has(scenario: string, words: readonly string[] = []): boolean {
    return this.#rows(scenario).some((row) => row.verdict === 'VALID' && says(row, words));
  }

  /** The largest value of a factor that was measured and may be used; 0 without any. */
  largest(scenario: string, factor: string): number {
    const valid = this.#rows(scenario).filter(({ verdict }) => verdict === 'VALID');
    return Math.max(0, ...valid.map(({ factors }) => Number(factors[factor])).filter(Number.isFinite));
  }

  /**
   * Rows of a mode. Our own clients are preferred; where they were not measured, our server read by a bare reader.
   * A row that says fewer things comes first: `nginx` before `nginx, HTTP/2`.
   */
  rows({ scenario, mode, words = [] }: Place): readonly Row[] {
    const found = this.#rows(scenario).filter((row) => says(row, words));
    const own = found.filter(({ target }) => target === mode);
    const chosen = own.length > 0 ? own : found.filter(({ target }) => target === `${mode}, bare reader`);
    for (const row of chosen) this.#note(scenario, row);
    return chosen.filter(({ verdict }) => verdict === 'VALID').toSorted((a, b) => a.point.length - b.point.length);
  }

  /** Rows of a mode that nothing valid came of: for scenarios in which an answer may break on purpose. */
  broken({ scenario, mode, words = [] }: Place): Row | undefined {
    return this.#rows(scenario).find((row) => row.target === mode && row.verdict === 'INVALID' && says(row, words));
  }

  /** One metric at one place. */
  figure(place: Place, metric: string): Quantity {
    const [row] = this.rows(place);
    if (!row) return nothing(`no valid row of ${where(place)}`);
    return valueOf(place.scenario, row, metric);
  }

  /**
   * One metric on a curve. Between two measured points it is interpolated on a line; outside, the nearest point is taken
   * as it is, because nothing tells how the curve goes on.
   */
  along(place: Place, metric: string, factor: string, wanted: number): Quantity {
    const at = ({ factors }: Row): number => Number(factors[factor]);
    const points = this.rows(place)
      .filter((row) => Number.isFinite(at(row)) && typeof row.values[metric]?.value === 'number')
      .toSorted((a, b) => at(a) - at(b));
    const below = points.findLast((row) => at(row) <= wanted);
    const above = points.find((row) => at(row) >= wanted);
    const one = below ?? above;
    if (!one) return nothing(`no valid row of ${where(place)} with ${metric}`);
    if (!below || !above) return noted(valueOf(place.scenario, one, metric), `nearest to ${wanted} ${factor}`);
    if (at(below) === at(above)) return valueOf(place.scenario, below, metric);
    const share = (wanted - at(below)) / (at(above) - at(below));
    const line = between(valueOf(place.scenario, below, metric), valueOf(place.scenario, above, metric), share);
    return noted(line, `interpolated to ${wanted} ${factor}`);
  }

  #rows(scenario: string): readonly Row[] {
    return this.#report.scenarios.find(({ name }) => name === scenario)?.rows ?? [];
  }

  #note(scenario: string, { target, point, verdict, reasons }: Row): void {
    if (verdict === 'VALID') return;
    this.#unused.set(`${scenario}/${target}/${point}`, { scenario, target, point, verdict, reasons });
  }
}

/** Whether a row says all of these words: as a factor, in its point, or as its point. */
function says({ factors, point }: Row, words: readonly string[]): boolean {
  const all = [...Object.values(factors).map(String), point, ...point.split(/[\s,;:()]+/)];
  const said = new Set(all.map((one) => one.toLowerCase()));
  return words.every((word) => said.has(word.toLowerCase()));
}

function valueOf(scenario: string, { target, point, values }: Row, metric: string): Quantity {
  const from = [scenario, target, point].filter(Boolean).join(' · ');
  const estimate = values[metric];
  return estimate ? measured(estimate, from) : nothing(`${from} has no ${metric}`);
}

function where({ scenario, mode, words = [] }: Place): string {
  return [scenario, mode, ...words].join(' · ');
}
