import { asSingleton, count, type PCollection, type PTransform, ptransform, toList } from 'viga';
import type { Case } from '../cases/index.ts';
import { cellNumber, cellOf, hasEnded } from './features.ts';
import { expectsDeath, type Model, type ModelReport, reportOf, trainModel } from './model.ts';

/**
 * Trains a random forest that tells who of the reported cases will die, and tests it on a fifth of the cases that it has
 * never seen. Both collections have one element.
 */
export function deathModel(): PTransform<
  PCollection<Case>,
  { readonly model: PCollection<Model>; readonly report: PCollection<ModelReport> }
> {
  return ptransform('DeathModel', (cases: PCollection<Case>) => {
    const cells = cases
      .filter(hasEnded)
      .keyBy(cellNumber)
      .combinePerKey(count)
      .map(({ key, value }) => cellOf(key, value), { name: 'Cell' });
    const model = cells
      .filter((cell) => !cell.isHeldOut, { name: 'ForTraining' })
      .combineGlobally(toList(), { name: 'AllForTraining' })
      .map(trainModel);
    const report = cells
      .filter((cell) => cell.isHeldOut, { name: 'HeldOut' })
      .map((cell, { sideInputs }) => ({ cell, expectsDeath: expectsDeath(sideInputs.model, cell.values) }), {
        name: 'Predict',
        sideInputs: { model: asSingleton(model) },
      })
      .combineGlobally(toList(), { name: 'Predictions' })
      .map((predictions, { sideInputs }) => reportOf(sideInputs.model, predictions), {
        name: 'Report',
        sideInputs: { model: asSingleton(model) },
      });
    return { model, report };
  });
}
