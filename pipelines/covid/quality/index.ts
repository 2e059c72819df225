// How good the data was: rows, rejections, duplicates and missing values of a run (quality.ts), counted by steps of the
// pipeline (measure.ts). Also the gate of --strict-quality.
export { measureQuality } from './measure.ts';
export { demandQuality, type Quality, qualityOf } from './quality.ts';
