// What to do about errors of Node and of the system, which say what happened and not what helps.

const SYSTEM: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'Free some space. Temporary files go to the directory that TMPDIR names; point it to a larger disk.'],
  ['EMFILE', 'Raise the number of files that a process may open (ulimit -n).'],
  ['EACCES', 'Give this user the right to the file or directory, or name another one.'],
  ['EROFS', 'Name a directory that can be written to. Temporary files go to the one that TMPDIR names.'],
]);

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** For errors of the system, whoever made the call: a disk is full, a right is missing. */
export const systemAdvice = (error: unknown): string | undefined =>
  error instanceof Error && 'syscall' in error ? SYSTEM.get(codeOf(error) ?? '') : undefined;

/** For errors of importing a program. */
export function loadAdvice(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return 'Node runs TypeScript by leaving its types out, and this is more than a type. Write a union of strings or a const object for an enum, a module for a namespace.';
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'Name a module: a file that ends in .ts, .mts, .js or .mjs.';
  if (code !== 'ERR_MODULE_NOT_FOUND' || !(error instanceof Error)) return undefined;
  const name = /Cannot find package '((?:@[^/']+\/)?[^/']+)/.exec(error.message)?.[1];
  return name === undefined
    ? 'Correct the path. Relative imports name the file with its ending, such as ./orders.ts.'
    : `Install it (npm install ${name}), or correct its name.`;
}
