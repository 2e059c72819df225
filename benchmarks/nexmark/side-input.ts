import { create, type KV, kv, type PCollection, type Pipeline } from 'viga';
import { readText, writeText } from 'viga/io/text';
import type { Configuration } from './configuration.ts';

const rowsOf = ({ sideInputRowCount }: Configuration): readonly KV<number, string>[] =>
  Array.from({ length: sideInputRowCount }, (_, i) => kv(i, String(i)));

/** The rows as a part of the pipeline. */
export const directSideInput =
  (configuration: Configuration) =>
  (pipeline: Pipeline): PCollection<KV<number, string>> =>
    pipeline.apply(create(rowsOf(configuration)), { name: 'SideInput' });

/** Writes the rows as lines `key,value` into files of this folder, for {@link filesSideInput}. */
export function writeSideInput(pipeline: Pipeline, configuration: Configuration, folder: string): void {
  pipeline
    .apply(create(rowsOf(configuration)))
    .map(({ key, value }) => `${key},${value}`)
    .apply(writeText({ files: `${folder}/side-input.csv`, shards: configuration.sideInputNumShards }));
}

/** The rows that {@link writeSideInput} wrote. */
export const filesSideInput =
  (folder: string) =>
  (pipeline: Pipeline): PCollection<KV<number, string>> =>
    pipeline.apply(readText({ files: `${folder}/side-input-*.csv` }), { name: 'SideInput' }).map((line) => {
      const comma = line.indexOf(',');
      return kv(Number(line.slice(0, comma)), line.slice(comma + 1));
    });
