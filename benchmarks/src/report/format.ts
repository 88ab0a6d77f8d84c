import { rough, short } from '../compare/numbers.js';
import type { Metric } from '../metrics/metric.js';
import type { Verdict } from '../raw/raw.js';
import type { Comparison, Estimate, Word } from './model.js';

/** How a verdict is marked in front of a row. */
export const VERDICT_MARK: Readonly<Record<Verdict, string>> = {
  VALID: '✓',
  CONTAMINATED: '!',
  'GENERATOR-LIMITED': '▲',
  INVALID: '✗',
};

/** What the marks in tables mean. */
export const LEGEND: readonly string[] = [
  '✓ valid · ! contaminated · ▲ generator-limited · ✗ invalid: only ✓ is compared',
  '±: 95 % interval of the bootstrap over blocks, its larger half · – not carried by the sample, or withheld',
  '† describes this sample only · ≈ equivalent within the margin · ~ inconclusive, with the interval of the ratio',
];

/** A value as people read it: three digits at most, without its unit. `–` for null. */
export function valueText(value: number | null | undefined, metric: Pick<Metric, 'unit'>): string {
  return metric.unit === 'ms' || metric.unit === 'µs' || metric.unit === 'ratio' ? short(value) : rough(value);
}

/** A value with its unit: `0.86 ms`; ratios have none. */
export function withUnit(value: number | null | undefined, metric: Pick<Metric, 'unit'>): string {
  const unit = metric.unit === 'ratio' || metric.unit === 'count' ? '' : ` ${metric.unit}`;
  return `${valueText(value, metric)}${value === null || value === undefined ? '' : unit}`;
}

/** The larger half of the interval as a share of the value: `±4%`. Empty without an interval, or when it is nothing. */
export function spreadText({ value, low, high }: Estimate): string {
  if (value === null || low === null || high === null || value === 0) return '';
  const share = Math.max(value - low, high - value) / Math.abs(value);
  if (share < 0.0005) return '';
  return `±${share >= 0.0995 ? (share * 100).toFixed(0) : (share * 100).toFixed(1)}%`;
}

/** Value, interval and † where the sample speaks for itself only: `2.20† ±9.1%`. */
export function estimateText(estimate: Estimate | undefined, metric: Pick<Metric, 'unit'>): string {
  if (!estimate || estimate.value === null) return '–';
  const shown = valueText(estimate.value, metric);
  const value = `${shown}${estimate.sampleOnly ? '†' : ''}`;
  // A share of what is shown as nothing says nothing.
  return [value, Number(shown) === 0 ? '' : spreadText(estimate)].filter((part) => part !== '').join(' ');
}

/** Both ends of the interval with the unit: `0.81 to 0.92 ms`; empty without one. */
export function intervalText({ low, high }: Estimate, metric: Pick<Metric, 'unit'>): string {
  return low === null || high === null ? '' : `${valueText(low, metric)} to ${withUnit(high, metric)}`;
}

/** `1.65×`; `–` for null. */
export function ratioText(ratio: number | null): string {
  return ratio === null ? '–' : `${short(ratio)}×`;
}

/** How the words of a comparison are marked where there is no room for them. */
export function wordText(word: Word): string {
  return word === 'equivalent' ? '≈' : word === 'inconclusive' ? '~' : word;
}

/** A comparison in a cell: `1.65× slower`, `1.01× ≈`, `0.90–1.31× ~`, or the word alone where there is no ratio. */
export function comparisonText({ word, ratio }: Pick<Comparison, 'word' | 'ratio'>): string {
  if (ratio.value === null) return wordText(word);
  const open = word === 'inconclusive' && ratio.low !== null && ratio.high !== null;
  const size = open ? `${short(ratio.low)}–${short(ratio.high)}×` : ratioText(ratio.value);
  return `${size} ${wordText(word)}`;
}

/** `a, b and c`. */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Text without control characters: what a server wrote into an error cannot steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** Breaks prose at spaces so that no line is longer than `width`; further lines begin with `indent`. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text)
    .split(/\s+/)
    .filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line === '' || line === indent.trimEnd()) line = longer;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}
