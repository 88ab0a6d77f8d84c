import { ratioText, listText } from '../../format.js';
import { short } from '../../../compare/numbers.js';
import { crossover, type CrossoverCell, type CrossoverRow, type Standing } from '../../crossover.js';
import type { LabReport } from '../../model.js';
import { html, type Markup } from '../markup.js';
import type { Palette } from '../palette.js';
import { targetName } from './parts.js';

/** What stands in a cell beside its number, so that colour is never the only sign. */
const SIGN: Readonly<Record<Standing, string>> = {
  best: '★',
  equivalent: '≈',
  slower: '',
  inconclusive: '~',
  withheld: '–',
};

/** The map of who wins where: a line a point, a column a mode. Null when nothing can be held against each other. */
export function crossoverSection(report: LabReport, palette: Palette): Markup | null {
  const rows = crossover(report);
  if (rows.length === 0) return null;
  const targets = [...new Set(rows.flatMap(({ cells }) => cells.map(({ target }) => target)))];
  const groups = [...new Set(rows.map(({ scenario }) => scenario))].map((name) =>
    rows.filter(({ scenario }) => scenario === name),
  );
  return html`<section id="crossover">
    <h2>Which mode wins where</h2>
    <p class="lead">
      The lowest median of D among the modes, at every point that was measured. A winner is named only where the
      intervals allow it.
    </p>
    <ul class="legend map">
      <li><i class="box win"></i>★ fastest, in its mode’s colour</li>
      <li><i class="box eq"></i>≈ equivalent: no difference beyond the margin</li>
      <li><i class="box open"></i>~ inconclusive</li>
      <li><i class="box none"></i>– withheld</li>
    </ul>
    <div class="scroll" role="region" tabindex="0" aria-label="Which mode wins where">
      <table class="map">
        <caption class="sr">
          D p50 in milliseconds, and how many times the lowest it is
        </caption>
        <thead>
          <tr>
            <th scope="col">at</th>
            <th scope="col">fastest</th>
            ${targets.map((target) => html`<th scope="col">${targetName(target, palette)}</th>`)}
          </tr>
        </thead>
        ${groups.map(
          (group) =>
            html`<tbody>
              <tr class="group">
                <th scope="rowgroup" colspan="${targets.length + 2}">
                  <a href="#s-${group[0]?.scenario ?? ''}">${group[0]?.title ?? ''}</a>
                </th>
              </tr>
              ${group.map((row) => line(row, targets, palette))}
            </tbody>`,
        )}
      </table>
    </div>
  </section>`;
}

function line(row: CrossoverRow, targets: readonly string[], palette: Palette): Markup {
  const cells = targets.map((target) =>
    cellOf(
      row,
      row.cells.find((one) => one.target === target),
      palette,
    ),
  );
  return html`<tr>
    <th scope="row">${row.point === '' ? 'as it is' : row.point}</th>
    <td>${verdictOf(row)}</td>
    ${cells}
  </tr>`;
}

/** The finding of a point in words. */
function verdictOf({ outcome, leaders }: CrossoverRow): string {
  if (outcome === 'winner') return leaders[0] ?? '';
  if (outcome === 'equivalent') return `${listText(leaders)}: equivalent`;
  return outcome === 'inconclusive' ? `${listText(leaders)}: inconclusive` : 'withheld';
}

function cellOf(row: CrossoverRow, cell: CrossoverCell | undefined, palette: Palette): Markup {
  if (!cell) return html`<td class="cell absent"><span class="sr">not measured</span></td>`;
  const { className, kind } = lookOf(row, cell, palette);
  const times = cell.ratio !== null && cell.standing !== 'best' ? html`<small>${ratioText(cell.ratio)}</small>` : null;
  return html`<td class="cell ${kind} ${className}">
    <b>${SIGN[cell.standing]}</b> ${cell.valueMs === null ? '' : short(cell.valueMs)} ${times}
  </td>`;
}

/** The lowest of a point counts as the winner only when nobody else is level with it. */
function lookOf(row: CrossoverRow, { target, standing }: CrossoverCell, palette: Palette) {
  const { className } = palette.of(target);
  if (standing === 'withheld') return { className, kind: 'none' };
  if (standing === 'slower') return { className, kind: 'behind' };
  return { className, kind: row.outcome === 'winner' ? 'win' : row.outcome === 'equivalent' ? 'eq' : 'open' };
}
