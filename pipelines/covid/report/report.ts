import { asList, asSingleton, type PCollection, type PTransform, ptransform } from 'viga';
import type { ModelReport } from '../forest/index.ts';
import type { Quality } from '../quality/index.ts';
import type { ReportData } from './data.ts';
import { loadDraw } from './draw.ts';
import { pageOf } from './page.ts';

/** The collections that a report is made of. */
export type ReportInputs = {
  readonly [N in 'departments' | 'ages' | 'sexes' | 'days']: PCollection<ReportData[N][number]>;
} & { readonly model: PCollection<ModelReport> };

/** Draws the report; gives its page as one element for the one measure of quality. */
export function report({
  departments,
  ages,
  sexes,
  days,
  model,
}: ReportInputs): PTransform<PCollection<Quality>, PCollection<string>> {
  return ptransform('Report', (quality: PCollection<Quality>) =>
    quality.map(
      async (quality, { sideInputs: { departments, ages, sexes, days, model } }) =>
        pageOf(
          {
            // The elements of a collection have no order.
            departments: departments.toSorted((a, b) => a.posicion - b.posicion),
            ages: ages.toSorted((a, b) => compareText(a.grupo, b.grupo)),
            sexes: sexes.toSorted((a, b) => compareText(a.sexo, b.sexo)),
            days: days.toSorted((a, b) => compareText(a.fecha, b.fecha)),
            model,
            quality,
          },
          await loadDraw(),
        ),
      {
        name: 'Draw',
        sideInputs: {
          departments: asList(departments),
          ages: asList(ages),
          sexes: asList(sexes),
          days: asList(days),
          model: asSingleton(model),
        },
      },
    ),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
