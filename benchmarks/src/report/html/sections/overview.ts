import { circumstances, instrumentFigures, madeWith, shortCommit } from '../../instrument-text.js';
import type { LabReport } from '../../model.js';
import { originOf } from '../../played.js';
import { html, type Markup } from '../markup.js';
import { tableOf } from './parts.js';

/** Title and answers: what a reader with one minute should see. */
export function overview(report: LabReport): Markup {
  const { manifest, scenarios } = report;
  const answered = scenarios.filter(({ answer }) => answer !== '');
  return html`<header>
      <p class="kicker">tokenwire</p>
      <h1>Streaming transports, compared</h1>
      <p class="meta">
        ${manifest.createdAt.slice(0, 10)} · plan ${manifest.plan} · seed ${manifest.seed} · commit
        ${shortCommit(manifest.commit)} · Node ${manifest.node} · ${manifest.cpuCount} × ${manifest.cpuModel}
      </p>
    </header>
    <section id="answers">
      <h2>In short</h2>
      <dl class="answers">
        ${answered.map(
          ({ name, title, answer }) =>
            html`<div>
              <dt><a href="#s-${name}">${title}</a></dt>
              <dd>${answer}</dd>
            </div>`,
        )}
      </dl>
    </section>`;
}

/** What the instrument says of itself, what was left out, and how it was made. */
export function instrumentSection(report: LabReport): Markup {
  const { excluded } = report;
  const trials = {
    headings: ['trial', 'scenario', 'at', 'target', 'block', 'verdict', 'why'].map((text) => ({
      text,
      unit: '',
      align: 'left' as const,
    })),
    rows: excluded.map(({ trial, scenario, point, target, block, verdict, reasons }) => [
      String(trial),
      scenario,
      point,
      target,
      String(block),
      verdict,
      reasons.join('; '),
    ]),
  };
  return html`<section id="instrument">
    <h2>The instrument</h2>
    <p class="lead">What it says of itself. Figures smaller than these errors mean nothing.</p>
    <dl class="figures">
      ${instrumentFigures(report).map(
        ({ name, seen }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${seen}</dd>
          </div>`,
      )}
    </dl>
    ${
      excluded.length > 0
        ? html`<details>
            <summary>Trials that count in no figure</summary>
            ${tableOf(trials, 'Trials that count in no figure')}
          </details>`
        : null
    }
    <ul class="notes">
      ${[...circumstances(report), madeWith(report)].map((line) => html`<li>${line}</li>`)}
    </ul>
    <details>
      <summary>Command line and traces</summary>
      <pre>${report.manifest.argv.join(' ')}</pre>
      <ul class="notes">
        ${Object.entries(report.manifest.traces).map(([hash, trace]) => html`<li>${trace.name}: ${trace.tokens} tokens at ${trace.tokensPerSecond}/s, ${originOf(trace)}, SHA-256 <code>${hash}</code></li>`)}
      </ul>
    </details>
  </section>`;
}
