import type { Palette } from './palette.js';

const LIGHT =
  '--paper:#fff;--page:#f6f7f9;--ink:#1b2230;--muted:#5b6472;--line:#c9cfd8;--grid:#e8ebf0;--band:#dfe7f3;--accent:#1f5fbf;' +
  '--stall:#f3b8a3;--eq:#cfe3e6;--eq-ink:#12454c;--open:#eef0f3;' +
  '--wire-1:#1b4f8f;--wire-2:#5b8fc9;--wire-3:#a9c6e6;--wire-4:#e0b45c;--wire-up:#7d5ba6;--wire-up-2:#a58bc6;--wire-up-3:#c9b8e0;--wire-up-4:#e0b45c;';

const DARK =
  '--paper:#171b23;--page:#10131a;--ink:#e6eaf2;--muted:#9aa5b6;--line:#3d4655;--grid:#262d39;--band:#26344a;--accent:#7fb2ff;' +
  '--stall:#7a3a26;--eq:#1f4a50;--eq-ink:#c5eef3;--open:#222833;' +
  '--wire-1:#7db4ee;--wire-2:#4a7fb8;--wire-3:#2f5580;--wire-4:#c99a3c;--wire-up:#b394dc;--wire-up-2:#8466ab;--wire-up-3:#5c4580;--wire-up-4:#c99a3c;';

/** Names of the colours that stand in legends beside the targets' own. */
const KEYS = ['wire-1', 'wire-2', 'wire-3', 'wire-4', 'wire-up', 'wire-up-2', 'wire-up-3', 'wire-up-4'];

const BASE = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1040px;margin:0 auto;padding:2.5rem 1.25rem 5rem}
h1{font-size:clamp(1.75rem,4.5vw,2.6rem);line-height:1.12;letter-spacing:-.02em;margin:.15rem 0 .5rem;text-wrap:balance}
h2{font-size:1.55rem;line-height:1.2;letter-spacing:-.012em;margin:0 0 .4rem}
h3{font-size:1.2rem;line-height:1.3;margin:0 0 .25rem}
h4{font-size:1rem;line-height:1.35;margin:0}
p{margin:.35rem 0}
a{color:var(--accent);text-underline-offset:.18em}
small{font-size:.82em;color:var(--muted);font-weight:400}
pre,code{font:.85em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
section{margin-top:3rem;scroll-margin-top:4rem}
.kicker{margin:0;color:var(--accent);font-weight:650;letter-spacing:.02em}
.meta,.small{color:var(--muted);font-size:.9rem}
.lead{color:var(--muted);max-width:68ch}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999rem;background:var(--paper);padding:.5rem 1rem;z-index:9}
.skip:focus{left:.5rem;top:.5rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
nav{position:sticky;top:0;z-index:5;background:var(--page);border-bottom:1px solid var(--line);margin:2rem -1.25rem 0;padding:0 1.25rem}
nav ul{list-style:none;display:flex;gap:.15rem 1.15rem;overflow-x:auto;margin:0;padding:.65rem 0;scrollbar-width:thin}
nav a{white-space:nowrap;text-decoration:none;font-size:.92rem}
nav a:hover{text-decoration:underline}
.answers,.figures,.definitions{margin:.75rem 0 0;display:grid;gap:.1rem}
.answers div,.figures div,.definitions div{display:grid;grid-template-columns:13rem 1fr;gap:.2rem 1.5rem;padding:.6rem 0;border-top:1px solid var(--line)}
.answers dt,.figures dt,.definitions dt{font-weight:620}
dd{margin:0;max-width:72ch}
.question{color:var(--muted);font-size:1.03rem;max-width:72ch}
.answer{font-size:1.06rem;max-width:72ch;border-left:4px solid var(--accent);padding-left:.9rem;margin:.7rem 0 1rem}
.scenario{margin-top:1.6rem;background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:1.5rem 1.5rem 1.6rem}
.notes{color:var(--muted);font-size:.9rem;padding-left:1.1rem;margin:.6rem 0;max-width:88ch}
`;

const TABLES = `
.scroll{overflow-x:auto;margin:.6rem 0;scrollbar-width:thin}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;min-width:100%}
th,td{padding:.36rem .7rem;border-bottom:1px solid var(--grid);white-space:nowrap;text-align:left;vertical-align:baseline}
thead th{border-bottom:1px solid var(--line);color:var(--muted);font-weight:600;vertical-align:bottom}
tbody th{font-weight:560}
th:first-child,td:first-child{padding-left:.1rem}
.right{text-align:right}
tbody tr:hover>*{background:var(--open)}
.map .cell{text-align:right;border:2px solid var(--paper);border-radius:8px}
.map td,.map th{padding:.42rem .7rem}
#crossover .scroll{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:.4rem 1.1rem 1rem}
.map tbody tr:hover>.cell{background:revert-layer}
.map .group th{padding-top:1.1rem;border-bottom:0;white-space:normal}
.cell.win{background:var(--own);color:var(--paper)}
.cell.win small{color:inherit}
.cell.eq,.box.eq{background:var(--eq);color:var(--eq-ink)}
.cell.eq small{color:inherit}
.cell.open,.box.open{background:repeating-linear-gradient(135deg,var(--open) 0 6px,var(--grid) 6px 12px)}
.cell.behind{color:var(--muted)}
.cell.none,.box.none{background:var(--open);color:var(--muted)}
details{margin-top:.7rem}
summary{cursor:pointer;color:var(--accent);font-size:.92rem;width:max-content;max-width:100%}
`;

const CHARTS = `
figure{margin:1.9rem 0 0}
figcaption p{color:var(--muted);font-size:.9rem;max-width:80ch}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
.chart text{font-family:inherit}
.narrow{display:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.15rem;padding:0;margin:.6rem 0 .5rem;font-size:.9rem}
.legend li{display:flex;align-items:center;gap:.45rem}
.line{width:24px;height:0;border-top:3px solid var(--own)}
.line.dashed{border-top-style:dashed}
.line.dotted{border-top-style:dotted}
.box{width:14px;height:14px;border-radius:3px;border:1px solid var(--line)}
.box.win{background:linear-gradient(90deg,var(--t0) 0 33%,var(--t1) 33% 66%,var(--t2) 66%)}
.swatch{display:inline-block;width:.72em;height:.72em;border-radius:50%;background:var(--own);margin-right:.45em}
`;

const REPLAY = `
.controls{position:sticky;top:2.85rem;z-index:4;display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .7rem;background:var(--page);padding:.6rem 0}
.controls button,.controls select{font:inherit;font-size:.95rem;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.38rem .85rem;min-height:2.5rem;cursor:pointer}
.controls button[data-do=play]{min-width:5.4rem;background:var(--accent);border-color:var(--accent);color:var(--paper);font-weight:620}
.controls select{padding:.38rem .5rem}
.scrub{flex:1 1 12rem;display:flex}
.scrub input{width:100%;accent-color:var(--accent);min-height:2rem}
.clock{font-variant-numeric:tabular-nums;font-weight:650;min-width:4.2rem;text-align:right}
.lanes{list-style:none;margin:.4rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(295px,1fr));gap:.9rem}
.lane{background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--own);border-radius:10px;padding:.7rem .85rem .75rem;min-width:0}
.lane-head{display:flex;justify-content:space-between;align-items:baseline;gap:.6rem;font-size:.85rem;color:var(--muted);font-variant-numeric:tabular-nums}
.lane-head h3{font-size:1rem;color:var(--ink);margin:0;white-space:nowrap}
.lane-head span{text-align:right}
.text{height:8.4rem;overflow-y:auto;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.92rem;line-height:1.5;margin:.45rem 0 .6rem;scrollbar-width:thin}
.lane[data-stalled]{background:color-mix(in srgb,var(--stall) 38%,var(--paper))}
.lane[data-stalled] [data-status]{color:var(--ink);font-weight:600}
.strip{position:relative;height:22px;overflow:hidden;border-radius:4px;background:var(--open)}
.strip svg{position:absolute;inset:0;width:100%;height:100%}
.ticks{stroke:var(--own);stroke-width:1.3px;vector-effect:non-scaling-stroke;fill:none}
.stall{fill:var(--stall)}
.head{position:absolute;inset:0;border-left:2px solid var(--ink);pointer-events:none}
`;

const RESPONSIVE = `
@media (max-width:640px){
main{padding:1.5rem .9rem 3rem}nav{margin:1.5rem -.9rem 0;padding:0 .9rem}
.wide{display:none}.narrow{display:block}
.scenario{padding:1.1rem .9rem 1.2rem;margin-left:-.35rem;margin-right:-.35rem}
.answers div,.figures div,.definitions div{grid-template-columns:1fr}
#crossover .scroll{padding:.2rem .6rem .8rem}
.text{height:6.6rem}.controls{top:2.7rem}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{nav,.controls,.skip{display:none}.scenario,figure{break-inside:avoid}body{background:#fff}}
`;

/** The style sheet of the page: both colour schemes, every width, and the colours of the report's targets. */
export function styles(palette: Palette): string {
  return [
    `:root{color-scheme:light dark;${LIGHT}${palette.variables('light')}}`,
    `@media (prefers-color-scheme:dark){:root{${DARK}${palette.variables('dark')}}}`,
    BASE,
    TABLES,
    CHARTS,
    REPLAY,
    palette.classes(),
    KEYS.map((name) => `.k-${name}{background:var(--${name})}`).join('\n'),
    RESPONSIVE,
  ].join('\n');
}
