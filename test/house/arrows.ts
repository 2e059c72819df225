// The arrows between folders, the one door of each, and what may be taken from the machine.
import path from 'node:path';
import { codeOf, type Import, importsOf } from './source-text.ts';
import type { SourceFile } from './tree.ts';

/** Which parts a part may know. A part is a folder, or with `/*` each folder in it. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  transforms: ['model'],
  'io/*': ['model', 'transforms', 'io/*'],
  host: ['model'],
  'runners/execution': ['model'],
  'runners/compile': ['model', 'runners/execution'],
  'runners/plan': ['model', 'runners/execution'],
  'runners/state': ['model'],
  'runners/shuffle': ['model', 'runners/execution'],
  'runners/keyed': ['model', 'runners/execution', 'runners/state'],
  'runners/triggers': ['model'],
  'runners/panes': ['model', 'runners/execution', 'runners/shuffle', 'runners/state', 'runners/triggers'],
  'runners/run': ['model', 'runners/execution', 'runners/plan', 'runners/shuffle'],
  'runners/sinks': ['model', 'runners/execution', 'runners/run'],
  'runners/sources': ['model', 'runners/execution', 'runners/panes', 'runners/run'],
  'runners/views': ['model', 'runners/shuffle'],
  'runners/streaming': [
    'model',
    'runners/compile',
    'runners/execution',
    'runners/keyed',
    'runners/panes',
    'runners/plan',
    'runners/run',
    'runners/shuffle',
    'runners/sinks',
    'runners/sources',
    'runners/state',
    'runners/views',
  ],
  'runners/direct': [
    'model',
    'runners/compile',
    'runners/execution',
    'runners/keyed',
    'runners/panes',
    'runners/plan',
    'runners/run',
    'runners/shuffle',
    'runners/state',
    'runners/views',
    'runners/streaming',
    'host',
  ],
  testing: ['model', 'transforms', 'host', 'runners/*'],
  ui: ['model'],
  cli: ['model', 'transforms', 'io/*', 'host', 'runners/*', 'testing', 'ui'],
};

/** Node's modules that compute and touch nothing outside: any folder but the model may use them. */
const PURE_MODULES = new Set(['node:assert', 'node:buffer', 'node:crypto', 'node:path', 'node:util', 'node:zlib']);

/** Parts that reach the machine through the Host interface only, and where they may reach on their own. */
const MACHINE: Readonly<Record<string, ReadonlySet<string>>> = {
  model: new Set(),
  transforms: new Set(),
  'runners/compile': PURE_MODULES,
  'runners/execution': PURE_MODULES,
  'runners/keyed': PURE_MODULES,
  'runners/panes': PURE_MODULES,
  'runners/plan': PURE_MODULES,
  'runners/run': PURE_MODULES,
  'runners/shuffle': PURE_MODULES,
  'runners/state': PURE_MODULES,
  'runners/sinks': PURE_MODULES,
  'runners/sources': PURE_MODULES,
  'runners/streaming': PURE_MODULES,
  'runners/views': PURE_MODULES,
  'runners/triggers': PURE_MODULES,
  'runners/direct': PURE_MODULES,
  'io/*': new Set([...PURE_MODULES, 'node:stream', 'node:sqlite', 'node:worker_threads']),
};

/** Ways to the clock, to randomness, timers and the process that go past the Host. */
const PAST_HOST: readonly (readonly [RegExp, string])[] = [
  [/\bDate\s*\.\s*now\b/g, 'Date.now'],
  [/\bnew\s+Date\s*(?:\(\s*\)|(?![\s(\w]))/g, 'new Date()'],
  [/(?<![\w.]|\bnew\s+)Date\(/g, 'Date()'],
  [/\bMath\s*\.\s*random\b/g, 'Math.random'],
  [/\bAbortSignal\s*\.\s*timeout\b/g, 'AbortSignal.timeout'],
  [/(?<![\w.])performance\s*\./g, 'performance'],
  [/(?<![\w.$#])(?:globalThis\s*\.\s*)?(?:setTimeout|setInterval|setImmediate)\b/g, 'setTimeout'],
  [/(?<![\w.$#])(?:globalThis\s*\.\s*)?process\s*[.[]/g, 'process'],
  [/\bcrypto\s*\.\s*(?:randomUUID|getRandomValues|randomBytes|randomInt)\b/g, 'random bytes'],
  [/(?<![\w.$#])(?:randomUUID|randomBytes|randomInt|getRandomValues)\s*\(/g, 'random bytes'],
  [/(?<![\w.$#])fetch\s*\(/g, 'fetch'],
];

/** The part that a file belongs to: model, io/csv, runners/direct. */
export function partOf(file: string): string {
  const [top = '', second] = file.split('/');
  return (top === 'io' || top === 'runners') && second !== undefined && file.split('/').length > 2
    ? `${top}/${second}`
    : top;
}

const ruleOf = <V>(rules: Readonly<Record<string, V>>, part: string): V | undefined =>
  rules[part] ?? rules[`${part.split('/')[0]}/*`];

const mayKnow = (part: string, other: string): boolean =>
  (ruleOf(ARROWS, part) ?? []).some((known) => known === other || known === `${other.split('/')[0]}/*`);

/** Every sentence that says where a file of the library breaks an arrow, a door or the way through the Host. */
export function violationsOf(file: SourceFile): readonly string[] {
  const imports = importsOf(file.text);
  return [
    ...imports.flatMap((one) => importViolation(file.path, one)).map((what) => `${file.path}${what}`),
    ...machineViolations(file).map((what) => `${file.path}${what}`),
  ];
}

function importViolation(file: string, { specifier, isType, isLazy, line }: Import): readonly string[] {
  const part = partOf(file);
  if (specifier.startsWith('node:')) {
    const allowed = ruleOf(MACHINE, part);
    if (allowed === undefined || allowed.has(specifier)) return [];
    return [`:${line} imports ${specifier}: ${part}/ reaches the machine through Host only`];
  }
  if (!specifier.startsWith('.')) return packageViolation(part, specifier, isType || isLazy, line);
  const target = path.posix.join(path.posix.dirname(file), specifier);
  const other = partOf(target);
  if (other !== part) {
    if (!mayKnow(part, other)) return [`:${line} imports ${target}: ${part}/ may not know ${other}/`];
    return target === `${other}/index.ts` ? [] : [`:${line} imports ${target}: the door of ${other}/ is its index.ts`];
  }
  return insideViolation(file, target, line);
}

/** Inside a part: files know each other directly, never through a door above them; folders below have doors too. */
function insideViolation(file: string, target: string, line: number): readonly string[] {
  const from = path.posix.dirname(file);
  const to = path.posix.dirname(target);
  if (path.posix.basename(target) === 'index.ts') {
    return from === to || from.startsWith(`${to}/`)
      ? [`:${line} imports ${target}: inside a folder files import each other directly, never their own door`]
      : [];
  }
  const isAtOrAbove = from === to || from.startsWith(`${to}/`);
  return isAtOrAbove ? [] : [`:${line} imports ${target}: the door of ${to}/ is its index.ts`];
}

function packageViolation(part: string, specifier: string, isHarmless: boolean, line: number): readonly string[] {
  if (specifier === 'viga' || specifier.startsWith('viga/')) {
    return [`:${line} imports ${specifier}: the library imports its own doors by path`];
  }
  if (part === 'cli' && specifier.startsWith('yargs')) return [];
  if (part === 'testing' && specifier === 'fast-check' && isHarmless) return [];
  const isClient = (part.startsWith('io/') || part === 'ui') && isHarmless;
  return isClient
    ? []
    : [`:${line} imports the package ${specifier}: only io/ and ui/ use packages, lazily; yargs is for cli/`];
}

function machineViolations({ path: file, text }: SourceFile): readonly string[] {
  const part = partOf(file);
  if (ruleOf(MACHINE, part) === undefined) return [];
  const code = codeOf(text, 'blank');
  return PAST_HOST.flatMap(([pattern, name]) =>
    [...code.matchAll(pattern)].map((match) => {
      const line = code.slice(0, match.index).split('\n').length;
      return `:${line} uses ${name}: ${part}/ takes clock, randomness, timers and process through Host`;
    }),
  );
}

/** Every sentence that says where a pipeline or example reaches into Viga other than its users can. */
export function userViolationsOf({ path: file, text }: SourceFile): readonly string[] {
  const [top, ...rest] = file.split('/');
  // pipelines/covid.ts is the door of pipelines/covid/: each owns the folder of its name and no other.
  const own = `${top}/${(rest[0] ?? '').replace(/\.ts$/, '')}`;
  return importsOf(text).flatMap(({ specifier, line }) => {
    if (!specifier.startsWith('.')) return [];
    const target = path.posix.join(path.posix.dirname(file), specifier);
    const isOwn = target.startsWith(`${own}/`) || target === `${own}.ts`;
    return isOwn ? [] : [`${file}:${line} imports ${target}: ${top}/ imports Viga as its users do, by 'viga/...'`];
  });
}

/** Whether a door opens with three to ten lines that tell what lives in its folder. */
export function doorComment({ path: file, text }: SourceFile): string | undefined {
  const lines = text.split('\n');
  const length = lines.findIndex((line) => !line.startsWith('//'));
  if (length >= 2 && length <= 10) return undefined;
  return `${file} opens with ${length} lines of comment: 2 to 10 lines tell what lives here, what it may import, where to start`;
}
