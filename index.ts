// What users import. Runners, connectors, the testing kit and the command line have entries of their own
// (viga/runners/direct, viga/io/csv, viga/testing, viga/cli). What is not named here is internal.
export * from './model/public.ts';
export * from './transforms/index.ts';
