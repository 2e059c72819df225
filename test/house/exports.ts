// The names that an entry exports, types included: those are not there at run time, so they are read from the sources.
import path from 'node:path';
import { codeOf } from './source-text.ts';

/** A name and whether it is there at run time. */
export interface ExportedName {
  readonly name: string;
  readonly isType: boolean;
}

const DECLARATION =
  /^export\s+(?:declare\s+)?(?:default\s+)?(?:abstract\s+)?(?<kind>async\s+function\*?|function\*?|class|const|let|interface|type)\s+(?<name>[\w$]+)/gm;
const LIST = /^export\s+(?<type>type\s+)?\{(?<names>[^}]*)\}/gm;
const ALL = /^export\s+(?<type>type\s+)?\*\s+from\s+'(?<from>[^']+)'/gm;

/** The exported names of a module and of all that it re-exports, sorted by name. */
export function exportsOf(file: string, read: (file: string) => string): readonly ExportedName[] {
  const names = new Map<string, boolean>();
  const add = (name: string, isType: boolean) => names.set(name, (names.get(name) ?? true) && isType);
  const code = codeOf(read(file), 'keep');
  for (const { groups: { kind = '', name = '' } = {} } of code.matchAll(DECLARATION)) {
    add(name, kind === 'interface' || kind === 'type');
  }
  for (const { groups } of code.matchAll(LIST)) {
    for (const entry of (groups?.['names'] ?? '').split(',')) {
      const found = /^\s*(?<type>type\s+)?(?:[\w$]+\s+as\s+)?(?<name>[\w$]+)\s*$/.exec(entry)?.groups;
      if (found?.['name'] !== undefined)
        add(found['name'], groups?.['type'] !== undefined || found['type'] !== undefined);
    }
  }
  for (const { groups: { type, from = '' } = {} } of code.matchAll(ALL)) {
    const inner = exportsOf(path.posix.join(path.posix.dirname(file), from), read);
    for (const { name, isType } of inner) if (name !== 'default') add(name, isType || type !== undefined);
  }
  return [...names]
    .map(([name, isType]) => ({ name, isType }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
