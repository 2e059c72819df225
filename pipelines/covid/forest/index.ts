// A random forest that predicts death from what is known when a case is reported: age, sex, contagion and department.
//
// features.ts turns cases into numbers, best-split.ts, grow-tree.ts and train.ts grow the forest (forest.ts says what one
// is), evaluate.ts measures it, model.ts puts it together, death-model.ts runs it as steps of a pipeline. Start there.
export { deathModel } from './death-model.ts';
export type { ModelReport } from './model.ts';
