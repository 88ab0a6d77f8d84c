import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, CustomChart, GridComponent, TitleComponent, MarkLineComponent, SVGRenderer]);

/** Options of a chart, as Apache ECharts takes them. */
export type ChartOption = EChartsCoreOption;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a chart as SVG, without a browser. Colours may be CSS variables, so that a chart follows the page into the dark.
 * What comes out has no style attribute, no id and no script, because the page's policy allows none of them.
 */
export function renderSvg(option: ChartOption, { width, height }: Size): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return cleaned(chart.renderToSVGString(), width, height);
  } finally {
    // Or its clock keeps the process alive.
    chart.dispose();
  }
}

function cleaned(svg: string, width: number, height: number): string {
  const opening = `<svg viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false">`;
  return svg
    .replace(/^<svg[^>]*>/, opening)
    .replaceAll(/<style[^>]*>.*?<\/style>/gs, '')
    .replace(/<rect [^>]*fill="none"><\/rect>/, '')
    .replaceAll(/ (?:class="zr[^"]*"|pointer-events="[^"]*"|ecmeta_[a-z_]+="[^"]*")/g, '')
    .replaceAll(/ style="([^"]*)"/g, (_, style: string) => attributesOf(style))
    .replaceAll(/(\d+\.\d\d)\d+/g, '$1')
    .replaceAll(/\n/g, '');
}

/** Style declarations as attributes. The font's name is left to the page. */
function attributesOf(style: string): string {
  return style
    .split(';')
    .map((declaration) => declaration.split(':').map((part) => part.trim()))
    .filter(([name = '', value = '']) => name !== '' && value !== '' && name !== 'font-family')
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
}
