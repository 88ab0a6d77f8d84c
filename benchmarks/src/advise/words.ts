import { rough, short } from '../compare/numbers.js';
import type { Unused } from './evidence.js';
import { FIGURES, type FigureName } from './figures.js';
import type { Difference, Quantity } from './quantity.js';
import { DECIDING, type Advice, type Ranked } from './rank.js';
import type { Requirements } from './requirements.js';

/** Figures as people read them: memory in MiB. */
const SHOWN: Readonly<Record<FigureName, { readonly unit: string; readonly text: (value: number) => string }>> = {
  latency: { unit: 'ms', text: short },
  tail: { unit: 'ms', text: short },
  ttft: { unit: 'ms', text: short },
  cpu: { unit: 'µs', text: short },
  processors: { unit: '', text: short },
  memory: { unit: 'MiB', text: (kib) => rough(kib / 1024) },
  bytes: { unit: 'B', text: rough },
  requests: { unit: '', text: rough },
  resume: { unit: 'ms', text: short },
  stop: { unit: 'ms', text: short },
};

/** `0.88`, or `–`. */
export function valueText(figure: FigureName, { value }: Quantity): string {
  return value === null ? '–' : SHOWN[figure].text(value);
}

/** Heading of a figure's column, with its unit. */
export function headingOf(figure: FigureName): string {
  const { unit } = SHOWN[figure];
  return unit ? `${FIGURES[figure].label} ${unit}` : FIGURES[figure].label;
}

/** `+13.1 ms (12.8 to 13.5), +4 %, more`. */
export function differenceText(figure: FigureName, { value, low, high, share, word }: Difference): string {
  const { unit, text } = SHOWN[figure];
  const signed = (one: number): string => `${one < 0 ? '−' : '+'}${text(Math.abs(one))}`;
  const interval = low === null || high === null ? ' (no interval)' : ` (${signed(low)} to ${signed(high)})`;
  const percent = share === null ? '' : `, ${share < 0 ? '−' : '+'}${rough(Math.abs(share) * 100)} %`;
  return `${FIGURES[figure].label} ${signed(value)}${unit && ` ${unit}`}${interval}${percent}, ${word}`;
}

/** The recommendation in one or two sentences. */
export function sentenceOf({ asked, ranking, excluded }: Advice): string {
  const [first] = ranking;
  if (!first) return 'Nothing fits: every mode is excluded. See below what would let each of them in.';
  const late = `99 % of tokens within ${asked.latencyObjectiveMs} ms`;
  const kept = {
    met: `It keeps the objective (${late}).`,
    missed: `It misses the objective (${late}), as all do that are left.`,
    unknown: `Nothing measured tells whether it keeps the objective (${late}).`,
  }[first.objective];
  const { tail, latency } = first.values;
  const median = tail.value === null && latency.value !== null ? ' Judged by the median: no p99 is carried.' : '';
  const figure = DECIDING[asked.priority];
  const blind =
    figure && first.values[figure].value === null
      ? ` The report has no valid ${FIGURES[figure].label} of it: it is ranked by the work that it takes.`
      : '';
  const pace = first.poll ? `, ${first.poll.point}` : '';
  const alone = ranking.length === 1 ? ` It is the only one of ${1 + excluded.length} that is not excluded.` : '';
  return `Use ${first.mode}${pace}. ${kept}${median}${blind}${alone}`;
}

/** Why a mode is above the next one. */
export function orderText(one: Ranked, next: Ranked, { priority }: Requirements): string {
  const by = one.above?.by ?? 'order';
  const tie = one.above?.tie ? `${one.above.tie}, a tie; ` : '';
  const figure = DECIDING[priority];
  if (by === 'objective')
    return `${one.mode} before ${next.mode}: objective ${one.objective} against ${next.objective}`;
  if (by === 'effort') return `${one.mode} before ${next.mode}: ${tie}less work (${one.effort} against ${next.effort})`;
  if (by === 'order' || !figure)
    return `${one.mode} before ${next.mode}: ${tie}the same work; the simpler transport first`;
  const [a, b] = [one, next].map(({ values }) => valueText(figure, values[figure]));
  const doubt = one.above?.uncertain ? ', though the intervals do not tell them apart' : '';
  return `${one.mode} before ${next.mode}: ${FIGURES[figure].label} ${a} against ${b}${doubt}`;
}

/** A row that may not be used, with the first of its reasons. */
export function unusedText({ scenario, target, point, verdict, reasons }: Unused): string {
  const [first = 'no reason', ...more] = reasons;
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return `${[scenario, target, point].filter(Boolean).join(' · ')}: ${verdict}, ${first}${others}`;
}

/** What was asked, in the order of the flags. */
export function askedText(asked: Requirements): string {
  const { reader, proxy, proxyConfig, network, streams, readers, tokensPerSecond, priority } = asked;
  const measured = ['nginx', 'haproxy', 'caddy'].includes(proxy);
  return [
    reader,
    asked.plainText && 'plain text',
    proxy === 'none' ? 'no proxy' : `${proxy}${measured ? ` (${proxyConfig})` : ''}`,
    network,
    `${streams} answers at ${tokensPerSecond} tokens/s`,
    readers > 1 && `${readers} readers each`,
    asked.maxResponseSeconds !== null && `responses up to ${asked.maxResponseSeconds} s`,
    asked.serverless && 'whole responses only',
    `resume ${asked.resume}`,
    `stop ${asked.stop}`,
    asked.bidirectional && 'both ways',
    asked.auth !== 'none' && `auth by ${asked.auth}`,
    asked.tabs > 1 && `${asked.tabs} tabs over HTTP/${asked.http === 2 ? '2' : '1.1'}`,
    `priority ${priority}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
