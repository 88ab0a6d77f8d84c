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
  axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--line)' } },
  axisTick: { show: false },
  axisLabel: { ...text, hideOverlap: true },
  nameTextStyle: text,
  splitLine: { show: true, lineStyle: { color: 'var(--grid)' } },
  minorSplitLine: { show: false },
} as const;

/** An axis with its name in the middle. */
export function namedAxis(name: string, rest: object): object {
  return { ...AXIS, name, nameLocation: 'middle', nameGap: 26, ...rest };
}

/** A vertical axis of numbers with its unit on top. */
export function unitAxis(unit: string, rest: object): object {
  const nameTextStyle = { ...AXIS.nameTextStyle, align: 'right', padding: [0, 8, 0, 0] };
  const axisLabel = { ...AXIS.axisLabel, formatter: tick };
  return { ...AXIS, name: unit, nameLocation: 'end', nameGap: 12, nameTextStyle, axisLabel, ...rest };
}

/** Names one below the other, the first on top. */
export function nameAxis(names: readonly string[], most: number, rest: object = {}): object {
  const axisLabel = { ...AXIS.axisLabel, color: 'var(--ink)', interval: 0 };
  const data = names.map((name) => clip(name, most));
  return { ...AXIS, type: 'category', inverse: true, data, splitLine: { show: false }, axisLabel, ...rest };
}

/** Room that names of at most `most` characters need beside an axis, in CSS pixels. */
export function roomFor(names: readonly string[], most: number): number {
  return Math.max(...names.map((name) => Math.min(name.length, most))) * 6.6 + 16;
}

/** Ticks and labels of an axis at given places, without lines across the chart. */
export function ticksAt(customValues: readonly number[], formatter: (value: number) => string): object {
  return {
    axisLabel: { ...AXIS.axisLabel, customValues, formatter },
    axisTick: { show: true, customValues, lineStyle: { color: 'var(--line)' } },
    splitLine: { show: false },
  };
}

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
function clip(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}
