import { capacityText, configureLines } from './configure.js';
import { FIGURES, type FigureName } from './figures.js';
import type { Advice, Ranked } from './rank.js';
import { askedText, differenceText, headingOf, orderText, sentenceOf, unusedText, valueText } from './words.js';

/** Where the figures come from. */
export interface Origin {
  readonly path: string;
  readonly createdAt: string;
  readonly plan: string;
}

const COLUMNS = ['latency', 'tail', 'ttft', 'cpu', 'processors', 'memory', 'bytes', 'requests'] as const;

/** The advice for a terminal. */
export function renderAdvice(advice: Advice, { path, createdAt, plan }: Origin): string {
  const { asked, ranking, unused, gaps } = advice;
  const [first] = ranking;
  const sections = [
    [sentenceOf(advice), askedText(asked)],
    ranking.length > 0 ? tableOf(ranking) : [],
    titled('Why this order', orderLines(advice)),
    titled(`What ${ranking[1]?.mode} would cost, the second place`, secondLines(advice)),
    titled('Excluded', excludedLines(advice)),
    titled('Work', ranking.map(workOf).filter(Boolean)),
    titled('Configure', first ? configureLines(first, asked) : []),
    titled(`Figures behind ${first?.mode}`, first ? [...sourcesOf(first), ...capacityText(first, asked)] : []),
    titled('Not used', unused.map(unusedText)),
    titled('Not known', gaps),
    [`From ${path}: ${plan}, made ${createdAt}.`, `Read on: ${pagesFor(advice).join(', ')}`],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.filter(Boolean).join('\n'))
    .join('\n\n')}\n`;
}

/** The advice for programs. */
export function adviceJson(advice: Advice, origin: Origin): string {
  return `${JSON.stringify({ recommendation: advice.ranking[0]?.mode ?? null, ...advice, report: origin }, null, 2)}\n`;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? [title, ...lines.map((line) => `  ${line}`)] : [];
}

function tableOf(ranking: readonly Ranked[]): readonly string[] {
  const head = ['', 'mode', ...COLUMNS.map(headingOf), 'work'];
  const rows = ranking.map(({ place, mode, values, effort }) => [
    String(place),
    mode,
    ...COLUMNS.map((figure) => valueText(figure, values[figure])),
    String(effort),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line);
}

function orderLines({ asked, ranking }: Advice): readonly string[] {
  return ranking.flatMap((one, index) => {
    const next = ranking[index + 1];
    return next ? orderText(one, next, asked) : [];
  });
}

function secondLines({ secondPlace, ranking }: Advice): readonly string[] {
  const [first, second] = ranking;
  if (!first || !second) return [];
  const more = second.effort - first.effort;
  const work = more === 0 ? 'work: the same' : `work ${more > 0 ? '+' : '−'}${Math.abs(more)}`;
  return [...secondPlace.map(({ figure, difference }) => differenceText(figure, difference)), work];
}

function excludedLines({ excluded }: Advice): readonly string[] {
  return excluded.flatMap(({ mode, exclusions }) =>
    exclusions.map(({ reason, lift, source }) => `${mode}: ${reason} [${source}]. Lifted by: ${lift}`),
  );
}

function workOf({ mode, costs }: Ranked): string {
  return costs.length > 0 ? `${mode}: ${costs.map(({ text, weight }) => `${text} (${weight})`).join('; ')}` : '';
}

/** What the figures were taken from, or what is missing; those with the same sources in one line. */
function sourcesOf({ values }: Ranked): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const figure of Object.keys(FIGURES) as FigureName[]) {
    const { from, missing } = values[figure];
    const source = missing === null ? from.join('; ') : `none; ${missing}`;
    labels.set(source, [...(labels.get(source) ?? []), FIGURES[figure].label]);
  }
  return Array.from(labels, ([source, same]) => `${same.join(', ')}: ${source}`);
}

/** Pages about the recommended mode and about what stands in between. */
function pagesFor({ asked, ranking: [first] }: Advice): readonly string[] {
  const transport = first && (first.mode.endsWith('-poll') || first.mode === 'batch' ? 'polling' : first.mode);
  return [
    ...(transport ? [`docs/transports/${transport}.md`] : []),
    ...(asked.proxy === 'none' ? [] : ['docs/proxies.md']),
    ...(asked.network === 'loopback' ? [] : ['docs/networks.md']),
    'docs/choosing.md',
  ];
}
