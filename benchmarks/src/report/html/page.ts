import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { LabReport } from '../model.js';
import { html, Markup } from './markup.js';
import { Palette } from './palette.js';
import { crossoverSection } from './sections/crossover.js';
import { instrumentSection, overview } from './sections/overview.js';
import { replaySection } from './sections/replay.js';
import { legendSection, scenarioSection } from './sections/scenario.js';
import { styles } from './styles.js';

/**
 * `report.html`: one page that needs nothing else. Its policy allows no request, and of script and style only the two
 * that are in it, by their hashes. Charts are drawn here, so the page's script is the player of the replay alone.
 */
export function renderPage(report: LabReport): string {
  const palette = new Palette(report);
  const style = styles(palette);
  const script = playerScript();
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${sha256(style)}'`,
    `script-src 'sha256-${sha256(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const replay = replaySection(report, palette);
  const crossover = crossoverSection(report, palette);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>tokenwire: streaming transports, compared</title>
        <link rel="icon" href="data:," />
        ${element('style', style)}
      </head>
      <body>
        <a class="skip" href="#answers">Skip to the answers</a>
        <main>
          ${overview(report)} ${navigation(report, replay !== null, crossover !== null)} ${replay} ${crossover}
          <section id="scenarios">
            <h2>Scenarios</h2>
            ${legendSection(report)}${report.scenarios.map((scenario) => scenarioSection(report, scenario, palette))}
          </section>
          ${instrumentSection(report)}
        </main>
        ${element('script', script, ' type="module"')}
      </body>
    </html> `;
  return page.text;
}

/** An element whose text is hashed, so that not a space may be added. */
function element(name: 'style' | 'script', text: string, attributes = ''): Markup {
  return new Markup(`<${name}${attributes}>${text}</${name}>`);
}

function navigation({ scenarios }: LabReport, replay: boolean, crossover: boolean): Markup {
  const links = [
    ...(replay ? [['replay', 'Replay']] : []),
    ...(crossover ? [['crossover', 'Who wins where']] : []),
    ...scenarios.map(({ name, title }) => [`s-${name}`, title]),
    ['instrument', 'The instrument'],
  ];
  return html`<nav aria-label="Contents">
    <ul>
      ${links.map(([id, text]) => html`<li><a href="#${id ?? ''}">${text ?? ''}</a></li>`)}
    </ul>
  </nav>`;
}

/** The compiled player. It is found from the sources and from the build alike, and needs the build. */
function playerScript(): string {
  const compiled = readFileSync(new URL('../../../dist/report/html/replay/player.js', import.meta.url), 'utf8');
  // The map is another file; and a script that ends its own element would end the page.
  const script = compiled.replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '').trim();
  if (script.includes('</script')) throw new Error('the player cannot be put inline');
  return script;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
