/** A long proof: a script of package.json with its arguments. */
export interface Part {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

const manyKeys = (name: string, kind: string): Part => ({
  name,
  script: 'many-keys',
  args: ['--keys', '10000000', '--memory-limit', '512MB', '--kind', kind],
});

/** All parts. */
export const PARTS: readonly Part[] = [
  { name: 'hot-key', script: 'many-keys', args: ['--keys', '1000000', '--memory-limit', '128MB', '--kind', 'hot'] },
  {
    name: 'hot-session',
    script: 'many-keys',
    args: ['--keys', '1000000', '--memory-limit', '128MB', '--kind', 'hot-session'],
  },
  {
    name: 'many-sessions',
    script: 'many-keys',
    args: ['--keys', '1000000', '--memory-limit', '128MB', '--kind', 'sessions'],
  },
  manyKeys('many-keys', 'combine'),
  manyKeys('many-groups', 'group'),
  manyKeys('many-states', 'state'),
  manyKeys('many-timers', 'timers'),
  { name: 'kill', script: 'kill', args: ['--kills', '100'] },
  { name: 'mutants', script: 'mutants', args: [] },
  { name: 'simulate', script: 'simulate', args: ['--exhaustive', '1', '--seeds', '10000'] },
];

/** What a part has printed, without what is another at each run: how long it took. */
export const timeless = (printed: string): string =>
  printed.replaceAll(/, \d+(\.\d+)? s\b/g, '').replaceAll(/"(cpuSeconds|seconds)":[\d.]+,/g, '');

/** What is kept of a part. */
export const kept = ({ script, args }: Part, printed: string, version: string, succeeded: boolean): string => {
  const command = ['npm run -s', script, ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  return `$ ${command}\nNode ${version}\n\n${timeless(printed).trimEnd()}\n\n${succeeded ? 'succeeded' : 'FAILED'}\n`;
};
