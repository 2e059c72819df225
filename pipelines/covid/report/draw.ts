import type { Chart } from './charts.ts';

/** Draws a chart as the text of an `<svg>` element that grows and shrinks with its surroundings; the id is its own in the page. */
export type Draw = (chart: Chart, names: { readonly id: string; readonly label: string }) => string;

/**
 * Loads the charting library, which draws without a browser.
 *
 * @throws Error that says how to install it where it is missing.
 */
export async function loadDraw(): Promise<Draw> {
  const echarts = await import('echarts').catch((cause: unknown) => {
    throw new Error(
      'report.html: the package echarts is not installed. It draws the charts. Run `npm install --save-dev echarts`.',
      { cause },
    );
  });
  return ({ option, width, height }, names) => {
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
    try {
      chart.setOption(option);
      return standAlone(chart.renderToSVGString(), names);
    } finally {
      chart.dispose();
    }
  };
}

/**
 * Prepares a drawing to stand in a page with others: it takes the width it is given and its ids are its own. What the
 * library adds for a mouse in its own page goes; its names count up over the life of the process besides, and the same
 * data shall give the same page.
 */
function standAlone(svg: string, { id, label }: Parameters<Draw>[1]): string {
  return svg
    .replace(/^<svg width="\d+" height="\d+"/, `<svg role="img" aria-label="${label}"`)
    .replace(/<style[^>]*>[^]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, `${id}-`);
}
