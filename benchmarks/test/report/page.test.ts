import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { escape, html, jsonForScript } from '../../src/report/html/markup.js';
import { renderPage } from '../../src/report/html/page.js';
import { Palette } from '../../src/report/html/palette.js';
import type { LabReport } from '../../src/report/model.js';
import { HOSTILE, makeReport } from './fixture.js';

const report = makeReport({ hostile: true });
const page = renderPage(report);
/** Without what is inside of script and style. */
const markup = page.replaceAll(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g, '');
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

describe('the page', () => {
  it('allows its own script and style by their hashes, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const script = /<script type="module">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${sha256(style)}'`,
      `script-src 'sha256-${sha256(script)}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(script).not.toContain('sourceMappingURL');
  });

  it('asks for nothing, and has no style attribute and no handler in its markup', () => {
    expect(markup.match(/(?:src|srcset|data|action|poster)="(?!data:)[^"]*"/g)).toBeNull();
    expect(markup.match(/href="(?!#|data:,)[^"]*"/g)).toBeNull();
    expect(markup.match(/<[a-z][^>]*\s(?:style|on[a-z]+)=/g)).toBeNull();
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
  });

  it('has no id twice, and every link leads to one', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  it('shows every scenario with question, answer and table, and the instrument', () => {
    for (const { title, question, answer, rows } of report.scenarios) {
      for (const text of [title, question, answer, ...rows.map(({ target }) => target)])
        expect(page).toContain(escape(text));
    }
    for (const text of ['A/A', 'Known delay', 'Second opinion', 'ceiling', 'Detection floor', 'left out'])
      expect(page).toContain(text);
  });

  it('draws what the report has: distribution, curves, intervals, wire, gaps', () => {
    const figures = [...page.matchAll(/<figure id="([^"]+)"/g)].map(([, id]) => id);
    expect(figures).toEqual(
      expect.arrayContaining([
        ...['itl', 'distribution-steady-', 'intervals-steady-delivery-p50', 'intervals-steady-cpu', 'wire-steady'],
        ...['curve-streams-delivery-p50-', 'curve-streams-cpu-', 'curve-poll-interval-delivery-p50-'],
      ]),
    );
    // Each twice: for wide and for narrow pages.
    expect(page.match(/<svg viewBox="0 0 \d+ \d+" xmlns/g)).toHaveLength(2 * figures.length);
    expect(markup).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('keeps hostile texts out of the markup', () => {
    const hostile = '"><img src=x onerror=alert(1)>';
    const [scenario] = report.scenarios;
    const altered: LabReport = {
      ...report,
      manifest: { ...report.manifest, argv: [hostile], plan: hostile },
      scenarios: [{ ...scenario!, title: hostile, answer: hostile, notes: [hostile] }],
    };
    expect(renderPage(altered)).not.toContain('<img');
    for (const token of HOSTILE.slice(0, 2)) expect(page).not.toContain(token);
  });

  it('of a report in which nothing was measured is a page still', () => {
    const instrument = { aa: null, ceiling: {}, floor: {}, knownDelay: null, secondOpinion: null };
    const empty = renderPage({ ...report, instrument, scenarios: [], excluded: [], replay: [] });
    expect(empty).toContain('not run');
    expect(empty).not.toContain('data-replay data-state');
  });
});

describe('markup', () => {
  it('escapes whatever is not markup itself', () => {
    expect(html`<i title="${'"&<>\''}">${['<', html`<b></b>`]}${null}${0}</i>`.text).toBe(
      '<i title="&quot;&amp;&lt;&gt;&#39;">&lt;<b></b>0</i>',
    );
  });

  it('puts data into a script that it cannot end', () => {
    const value = { text: '</script><!--\u2028' };
    expect(jsonForScript(value)).not.toMatch(/<|\u2028/);
    expect(JSON.parse(jsonForScript(value))).toEqual(value);
  });
});

describe('the palette', () => {
  it('gives each mode its colour, whatever else is in the report, and every target one of its own', () => {
    const palette = new Palette(report);
    const alone = new Palette({ ...report, scenarios: [], replay: [] });
    for (const mode of ['chunked', 'sse', 'websocket', 'long-poll', 'short-poll', 'batch'])
      expect(palette.of(mode)).toEqual(alone.of(mode));
    const looks = report.scenarios[0]?.rows.map(({ target }) => palette.of(target).className) ?? [];
    expect(new Set(looks).size).toBe(looks.length);
  });
});
