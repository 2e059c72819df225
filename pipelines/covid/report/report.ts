import { asSingleton, type PCollection, type PTransform, ptransform } from 'viga';
import type { ReportData } from './data.ts';
import { loadDraw } from './draw.ts';
import { pageOf } from './page.ts';

/** The collections that a report is made of, each with one element. */
export type ReportInputs = { readonly [N in Exclude<keyof ReportData, 'quality'>]: PCollection<ReportData[N]> };

/** Draws the report; gives its page as one element. */
export function report({
  departments,
  ages,
  sexes,
  days,
  model,
}: ReportInputs): PTransform<PCollection<ReportData['quality']>, PCollection<string>> {
  return ptransform('Report', (quality: PCollection<ReportData['quality']>) =>
    quality.map(async (quality, { sideInputs }) => pageOf({ ...sideInputs, quality }, await loadDraw()), {
      name: 'Draw',
      sideInputs: {
        departments: asSingleton(departments),
        ages: asSingleton(ages),
        sexes: asSingleton(sexes),
        days: asSingleton(days),
        model: asSingleton(model),
      },
    }),
  );
}
