import type { ReportTable } from '../../tables.js';
import type { ChartOption, Size } from '../svg.js';

/** A chart before it is drawn. It is drawn twice, for wide and for narrow pages, because text in it does not flow. */
export interface Chart {
  /** Unique on the page: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What it shows and how to read it, for everybody. */
  readonly caption: string;
  /** What it says, in words, for those who cannot see it. */
  readonly alternative: string;
  /** Targets of the legend, in order; empty when names stand in the chart. */
  readonly legend: readonly string[];
  /** What is not a target in the legend: name and CSS colour. */
  readonly keys?: readonly (readonly [name: string, colour: string])[];
  /** Height in CSS pixels at a width. */
  readonly height: (width: number) => number;
  readonly option: (size: Size) => ChartOption;
  /** The numbers behind it. */
  readonly table: ReportTable;
}

/** Widths in CSS pixels at which charts are drawn. */
export const WIDE = 920;
export const NARROW = 350;

/** Size of the text in a chart, in CSS pixels. */
export const FONT_SIZE = 12;

const text = { color: 'var(--muted)', fontSize: FONT_SIZE };

/** How axes look. */
export const AXIS = {
  axisLine: { show: true, lineStyle: { color: 'var(--line)' } },
  axisTick: { show: false },
  axisLabel: { ...text, hideOverlap: true },
  nameTextStyle: text,
  splitLine: { show: true, lineStyle: { color: 'var(--grid)' } },
  minorSplitLine: { show: false },
} as const;

/** The same without lines across the chart. */
export const BARE_AXIS = { ...AXIS, splitLine: { show: false } } as const;

/** A logarithmic axis over positive values: from the power of ten below the least to the one above the largest. */
export function logRange(values: readonly number[]): { readonly min: number; readonly max: number } {
  const positive = values.filter((value) => value > 0);
  const power = (value: number, round: (exponent: number) => number) => 10 ** round(Math.log10(value) + 1e-9);
  const min = positive.length === 0 ? 1 : power(Math.min(...positive), Math.floor);
  const max = positive.length === 0 ? 10 : power(Math.max(...positive), Math.ceil);
  return { min, max: Math.max(max, min * 10) };
}

/** Numbers of an axis: `0.1`, `10`, `1k`. */
export function tick(value: number): string {
  if (Math.abs(value) >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))}M`;
  if (Math.abs(value) >= 1_000) return `${Number((value / 1_000).toPrecision(3))}k`;
  return String(Number(value.toPrecision(6)));
}

/** A name as a part of an id. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** Shortens a name that would not fit beside an axis; the table below has it in full. */
export function clip(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}
