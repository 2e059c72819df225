import { ConnectorError } from '../../model/index.ts';

/** The versions that Viga is tested with; both are optional peers, so that a plain install stays small. */
const VERSIONS = { hyparquet: '1.31.5', 'hyparquet-writer': '0.17.0' } as const;

/**
 * Loads an optional package by its `import(...)`.
 *
 * @throws ConnectorError, with the line that installs it, if it is not there.
 */
export async function loadPackage<M>(name: keyof typeof VERSIONS, load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause;
    const both = Object.entries(VERSIONS).map(([peer, version]) => `${peer}@${version}`);
    throw new ConnectorError(
      'Parquet',
      `the package ${name} is not installed. Viga loads it only when a Parquet file is read or written. Install both packages: npm install ${both.join(' ')}`,
      { cause },
    );
  }
}
