import {
  balancedAccuracy,
  confusionOf,
  importanceOf,
  type ConfusionMatrix,
  type Prediction,
  remembered,
  share,
} from './evaluate.ts';
import { type Cell, type Feature, features } from './features.ts';
import { type Forest, riskOf } from './forest.ts';
import { balancedWeights, casesOf, type ClassWeights, type Growth, growForest } from './train.ts';

/** The model as model.json has it: all that is needed to apply it. */
export interface Model extends Forest {
  readonly target: 'Fallecido';
  /** The list that `feature` of a split points into; values are places in `words`, or the number itself. */
  readonly features: readonly Feature[];
  readonly classWeights: ClassWeights;
  readonly growth: Growth;
  /** From which mean of the trees on death is expected. */
  readonly threshold: number;
  readonly trainedOn: Ends;
}

/** Cases by how they ended. */
export interface Ends {
  readonly cases: number;
  readonly deaths: number;
}

/** What the model is worth, as model_report.json has it. Numbers are of the held-out cases; null where there are none. */
export interface ModelReport {
  readonly target: string;
  readonly trainedOn: Ends;
  readonly heldOut: Ends;
  readonly classWeights: ClassWeights;
  readonly confusionMatrix: ConfusionMatrix;
  /** The share of deaths that were foreseen: the recall of the rare class. */
  readonly recall: number | null;
  /** The share of foreseen deaths that came. */
  readonly precision: number | null;
  readonly accuracy: number | null;
  readonly balancedAccuracy: number | null;
  /** By how much the balanced accuracy falls when a feature tells nothing, the most important first. */
  readonly featureImportances: readonly { readonly feature: string; readonly importance: number }[];
}

const growth: Growth = {
  trees: 60,
  seed: 20_200_306,
  deepest: 8,
  leastShare: 0.005,
  choices: 2,
  mostDraws: 20_000,
};

/** Trains the model. The order of the cells does not matter. */
export function trainModel(unordered: readonly Cell[]): Model {
  const cells = unordered.toSorted(byValues);
  const classWeights = balancedWeights(cells);
  return {
    target: 'Fallecido',
    features,
    classWeights,
    growth,
    threshold: 0.5,
    trainedOn: endsOf(cells),
    trees: growForest(features, cells, classWeights, growth).trees,
  };
}

/** Says whether the model expects a case with these values to end in death. */
export function expectsDeath(model: Model, values: readonly number[]): boolean {
  return riskOf(model, values) >= model.threshold;
}

/** Compares what the model said of the held-out cases with what became of them. */
export function reportOf(model: Model, unordered: readonly Prediction[]): ModelReport {
  const predictions = unordered.toSorted((a, b) => byValues(a.cell, b.cell));
  const matrix = confusionOf(predictions);
  const cells = predictions.map(({ cell }) => cell);
  const expects = remembered((values) => expectsDeath(model, values));
  const importances = features.map(({ name }, at) => ({
    feature: name,
    importance: rounded(importanceOf(at, features, cells, expects)) ?? 0,
  }));
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = matrix;
  return {
    target: model.target,
    trainedOn: model.trainedOn,
    heldOut: endsOf(cells),
    classWeights: model.classWeights,
    confusionMatrix: matrix,
    recall: rounded(share(truePositives, falseNegatives)),
    precision: rounded(share(truePositives, falsePositives)),
    accuracy: rounded(share(truePositives + trueNegatives, falsePositives + falseNegatives)),
    balancedAccuracy: rounded(balancedAccuracy(matrix)),
    featureImportances: importances.sort((a, b) => b.importance - a.importance),
  };
}

function endsOf(cells: readonly Cell[]): Ends {
  return { cases: casesOf(cells), deaths: casesOf(cells.filter(({ died }) => died)) };
}

function byValues(a: Cell, b: Cell): number {
  const at = a.values.findIndex((value, at) => value !== b.values[at]);
  return at < 0 ? Number(a.died) - Number(b.died) : (a.values[at] ?? 0) - (b.values[at] ?? 0);
}

function rounded(number: number | null): number | null {
  return number === null ? null : Math.round(number * 1e6) / 1e6;
}
