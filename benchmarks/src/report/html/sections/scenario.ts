import { LEGEND } from '../../format.js';
import type { LabReport, ScenarioReport } from '../../model.js';
import { numberNotes, superscript } from '../../notes.js';
import { comparisonTable, hasPoints, inconclusiveReasons, valueTable } from '../../tables.js';
import { curveCharts } from '../charts/curve.js';
import { distributionCharts } from '../charts/distribution.js';
import { intervalCharts } from '../charts/intervals.js';
import { wireCharts } from '../charts/wire.js';
import { html, type Markup } from '../markup.js';
import type { Palette } from '../palette.js';
import { figureOf, tableOf } from './parts.js';

/** One scenario: its question, its answer, its table, its charts, its notes. */
export function scenarioSection(report: LabReport, scenario: ScenarioReport, palette: Palette): Markup {
  const { numbered, general } = numberNotes(scenario);
  const comparisons = comparisonTable(report, scenario);
  const keys = hasPoints(scenario) ? 2 : 1;
  const charts = [
    ...distributionCharts(scenario, palette),
    ...curveCharts(report, scenario, palette),
    ...intervalCharts(report, scenario, palette),
    ...wireCharts(report, scenario),
  ];
  return html`<section id="s-${scenario.name}" class="scenario">
    <h3>${scenario.title}</h3>
    <p class="question">${scenario.question}</p>
    ${scenario.answer === '' ? null : html`<p class="answer">${scenario.answer}</p>`}
    ${tableOf(valueTable(report, scenario), `${scenario.title}: what was measured`, keys)}
    ${notesOf([...numbered.map((note, index) => `${superscript([index + 1])} ${note}`), ...general])}
    ${charts.map((chart) => figureOf(chart, palette))}
    ${
      comparisons
        ? html`<details>
            <summary>All comparisons with ${scenario.reference ?? 'the reference'}</summary>
            ${tableOf(comparisons, `${scenario.title}: against ${scenario.reference ?? 'the reference'}`, keys)}${notesOf(inconclusiveReasons(scenario).map((why) => `~ ${why}`))}
          </details>`
        : null
    }
  </section>`;
}

function notesOf(notes: readonly string[]): Markup | null {
  return notes.length === 0
    ? null
    : html`<ul class="notes">
        ${notes.map((note) => html`<li>${note}</li>`)}
      </ul>`;
}

/** What the marks in tables mean. */
export function legendSection(report: LabReport): Markup {
  const used = new Set(report.scenarios.flatMap(({ columns }) => columns));
  const metrics = Object.values(report.metrics).filter(({ id }) => used.has(id));
  return html`<details class="legend-box">
    <summary>How to read the tables</summary>
    <ul class="notes">
      ${LEGEND.map((text) => html`<li>${text}</li>`)}
    </ul>
    <dl class="definitions">
      ${metrics.map(
        ({ label, unit, definition }) =>
          html`<div>
            <dt>${label} <small>${unit}</small></dt>
            <dd>${definition}</dd>
          </div>`,
      )}
    </dl>
  </details>`;
}
