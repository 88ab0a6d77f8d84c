import type { ReportTable } from '../../tables.js';
import { NARROW, WIDE, type Chart } from '../charts/chart.js';
import { html, Markup } from '../markup.js';
import type { Palette } from '../palette.js';
import { renderSvg } from '../svg.js';

/** A table that scrolls sideways within itself. The first column names the line. */
export function tableOf({ headings, rows }: ReportTable, caption: string, keys = 1): Markup {
  const heading = ({ text, unit, align }: ReportTable['headings'][number]) =>
    html`<th scope="col" class="${align}">${text}${unit === '' ? null : html` <small>${unit}</small>`}</th>`;
  const cell = (text: string, column: number) =>
    column === keys - 1
      ? html`<th scope="row">${text}</th>`
      : html`<td class="${headings[column]?.align ?? 'left'}">${text}</td>`;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table>
      <caption class="sr">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${headings.map(heading)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The name of a target with its colour. */
export function targetName(target: string, palette: Palette): Markup {
  return html`<span class="target ${palette.of(target).className}"><i class="swatch"></i>${target}</span>`;
}

/** A chart, drawn for wide and for narrow pages, with its legend, its words and its numbers. */
export function figureOf(chart: Chart, palette: Palette): Markup {
  const drawn = (width: number) => {
    const size = { width, height: chart.height(width) };
    return new Markup(renderSvg(chart.option(size), size));
  };
  const legend = [
    ...chart.legend.map((target) => {
      const { className, dash } = palette.of(target);
      return html`<li class="${className}"><i class="line ${dash}"></i>${target}</li>`;
    }),
    ...(chart.keys ?? []).map(([name, colour]) => html`<li><i class="box ${keyClass(colour)}"></i>${name}</li>`),
  ];
  return html`<figure id="${chart.id}">
    <figcaption>
      <h4>${chart.title}</h4>
      <p>${chart.caption}</p>
    </figcaption>
    ${
      legend.length > 0
        ? html`<ul class="legend">
            ${legend}
          </ul>`
        : null
    }
    <div class="chart" role="img" aria-label="${chart.title}. ${chart.alternative}">
      <div class="wide">${drawn(WIDE)}</div>
      <div class="narrow">${drawn(NARROW)}</div>
    </div>
    <details>
      <summary>Numbers</summary>
      ${tableOf(chart.table, `${chart.title}, in numbers`)}
    </details>
  </figure>`;
}

/** `var(--wire-1)` as a class: the page's policy allows no style attributes. */
function keyClass(colour: string): string {
  return `k-${colour.replaceAll(/^var\(--|\)$/g, '')}`;
}
