import { ParquetError } from './parquet-error.ts';

/** The versions that Viga is tested with; both are optional peers, so that a plain install stays small. */
const VERSIONS = { hyparquet: '1.31.5', 'hyparquet-writer': '0.17.0' } as const;

/**
 * Loads an optional package by its `import(...)`.
 *
 * @throws ParquetError (`missing-package`), with the line that installs it, if it is not there.
 */
export async function loadPackage<M>(name: keyof typeof VERSIONS, load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new ParquetError(
      'missing-package',
      { file: 'Parquet' },
      `the package ${name} is not installed. Viga loads it only when a Parquet file is read or written. Install both packages: npm install hyparquet@${VERSIONS.hyparquet} hyparquet-writer@${VERSIONS['hyparquet-writer']}`,
      { cause },
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
