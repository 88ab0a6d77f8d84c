import type { LabReport, ReplayLane } from '../../model.js';
import type { Heading, ReportTable } from '../../tables.js';
import { itlChart } from '../charts/itl.js';
import { html, jsonForScript, Markup } from '../markup.js';
import type { Palette } from '../palette.js';
import { replayData, STALL_RULE, type ReplayDataLane } from '../replay/replay-data.js';
import { figureOf, tableOf } from './parts.js';

const SPEEDS = [
  ['0.25', '¼×'],
  ['0.5', '½×'],
  ['1', '1×'],
  ['2', '2×'],
  ['4', '4×'],
] as const;

/** The replay: recorded arrivals side by side on one clock. Null when the report has none. */
export function replaySection(report: LabReport, palette: Palette): Markup | null {
  if (report.replay.length === 0) return null;
  const data = replayData(report.replay);
  const modes = report.replay.filter(({ kind }) => kind === 'ours');
  const mixed = modes.length > 0 && modes.length < report.replay.length;
  const itl = itlChart(modes.length > 0 ? modes : report.replay, palette);
  const lanes = report.replay.map((lane, index) =>
    laneOf(lane, data.lanes[index] as ReplayDataLane, index, data.endMs, palette),
  );
  return html`<section id="replay" data-replay data-state="paused">
    <h2>Replay</h2>
    <p class="lead">
      The recorded arrivals of one answer, all on one clock: the text grows as it grew for its reader. Below each is its
      time axis: a tick for each token, a bar for each stall.
    </p>
    ${controls(data.endMs)}
    ${
      mixed
        ? html`<p class="small">
            <label><input type="checkbox" data-others /> Show controls and peers too</label>
          </p>`
        : null
    }
    <ol class="lanes" data-lanes ${mixed ? null : new Markup(' data-all')}>
      ${lanes}
    </ol>
    <noscript><p>The replay needs the script of this page; the numbers are below.</p></noscript>
    <p class="small">${STALL_RULE}</p>
    <details>
      <summary>Numbers</summary>
      ${tableOf(replayTable(report.replay, data.lanes), 'Replay, in numbers')}
    </details>
    ${itl ? figureOf(itl, palette) : null}
    <script type="application/json" id="replay-data">
      ${new Markup(jsonForScript(data))}
    </script>
  </section>`;
}

function controls(endMs: number): Markup {
  return html`<div class="controls" role="group" aria-label="Replay">
    <button type="button" data-do="play">Play</button><button type="button" data-do="restart">Restart</button
    ><button type="button" data-do="step">Next token</button>
    <label
      >Speed
      <select data-speed>
        ${SPEEDS.map(([value, text]) => html`<option value="${value}" ${value === '1' ? new Markup(' selected') : null}>${text}</option>`)}
      </select></label
    >
    <label class="scrub"
      ><span class="sr">Position</span
      ><input type="range" min="0" max="${Math.ceil(endMs)}" step="1" value="0" data-scrub
    /></label>
    <span class="clock" data-clock>0.00 s</span>
  </div>`;
}

function laneOf(lane: ReplayLane, data: ReplayDataLane, index: number, endMs: number, palette: Palette): Markup {
  const at = (ms: number) => Math.round((10_000 * ms) / endMs) / 10;
  const ticks = data.arrivalsMs.map((ms) => `M${at(ms)} 4V16`).join('');
  const stalls = data.stalls.map(
    ({ fromMs, toMs }) => html`<rect class="stall" x="${at(fromMs)}" y="0" width="${at(toMs - fromMs)}" height="20" />`,
  );
  const other = lane.kind === 'ours' ? '' : 'other';
  return html`<li class="lane ${palette.of(lane.target).className} ${other}" data-lane="${index}">
    <div class="lane-head">
      <h3><i class="swatch"></i>${lane.target}</h3>
      <span data-status>0/${lane.tokens.length}</span>
    </div>
    <div class="text" data-text tabindex="0" role="region" aria-label="Answer over ${lane.target}"></div>
    <div class="strip" aria-hidden="true">
      <svg viewBox="0 0 1000 20" preserveAspectRatio="none">
        ${stalls}
        <path class="ticks" d="${ticks}" />
      </svg>
      <div class="head" data-head></div>
    </div>
  </li>`;
}

function replayTable(lanes: readonly ReplayLane[], data: readonly ReplayDataLane[]): ReportTable {
  const right = (text: string, unit: string): Heading => ({ text, unit, align: 'right' });
  return {
    headings: [
      { text: 'target', unit: '', align: 'left' },
      right('first token', 'ms'),
      right('last token', 'ms'),
      right('tokens', ''),
      right('stalls', ''),
      right('stalled', 'ms'),
      right('longest stall', 'ms'),
    ],
    rows: lanes.map(({ target, tokens, arrivalsMs }, index) => {
      const times = (data[index]?.stalls ?? []).map(({ fromMs, toMs }) => toMs - fromMs);
      const total = times.reduce((sum, ms) => sum + ms, 0);
      const rounded = [arrivalsMs[0] ?? 0, arrivalsMs.at(-1) ?? 0].map((ms) => ms.toFixed(0));
      const stalled = [total, Math.max(0, ...times)].map((ms) => ms.toFixed(0));
      return [target, ...rounded, String(tokens.length), String(times.length), ...stalled];
    }),
  };
}
