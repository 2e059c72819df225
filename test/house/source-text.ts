// Reads TypeScript well enough to know what is code and what is not, without a parser as a dependency.

/** A source with comments blanked; the literals stay, or go as well. Offsets and lines stay as they are. */
export function codeOf(source: string, literals: 'keep' | 'blank'): string {
  let code = '';
  let at = 0;
  // One entry per open template literal: how many braces are open in its `${`.
  const templates: number[] = [];
  const take = (end: number, blank: boolean) => {
    const text = source.slice(at, end);
    code += blank ? text.replace(/[^\n]/g, ' ') : text;
    at = end;
  };
  const takeLiteral = (end: number) => take(end, literals === 'blank');
  while (at < source.length) {
    const char = source[at];
    if (source.startsWith('//', at)) take(indexOrEnd(source, '\n', at), true);
    else if (source.startsWith('/*', at)) take(indexOrEnd(source, '*/', at) + 2, true);
    else if (char === "'" || char === '"') takeLiteral(endOf(source, at, char));
    else if (char === '`') takeLiteral(endOfTemplateText(source, at + 1, templates));
    else if (char === '}' && templates.at(-1) === 0) {
      templates.pop();
      takeLiteral(endOfTemplateText(source, at + 1, templates));
    } else if (char === '/' && startsRegExp(code)) takeLiteral(endOfRegExp(source, at));
    else {
      const open = templates.length - 1;
      if (open >= 0 && (char === '{' || char === '}'))
        templates[open] = (templates[open] ?? 0) + (char === '{' ? 1 : -1);
      take(at + 1, false);
    }
  }
  return code;
}

const indexOrEnd = (source: string, text: string, from: number): number => {
  const index = source.indexOf(text, from);
  return index < 0 ? source.length : index;
};

function endOf(source: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Goes to the end of a template literal, or to the `${` where code begins again. */
function endOfTemplateText(source: string, start: number, templates: number[]): number {
  let at = start;
  while (at < source.length && source[at] !== '`') {
    if (source.startsWith('${', at)) {
      templates.push(0);
      return at + 2;
    }
    at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function endOfRegExp(source: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1 + (/^[a-z]*/.exec(source.slice(at + 1, at + 9))?.[0].length ?? 0);
    else if (char === '\n') return at;
  }
  return source.length;
}

/** A slash divides after a value and starts a regular expression elsewhere. */
function startsRegExp(before: string): boolean {
  const last = before.trimEnd();
  if (/\b(?:return|typeof|case|in|of|delete|void|throw|yield|await)$/.test(last)) return true;
  return last === '' || !/[\w$)\]}'"`]$/.test(last);
}

/** What a module imports: the specifier, whether only types of it, whether only when the code runs, and the line. */
export interface Import {
  readonly specifier: string;
  readonly isType: boolean;
  readonly isLazy: boolean;
  readonly line: number;
}

const IMPORT =
  /(?:^|[;\n}])[ \t]*(?<verb>import|export)\s+(?<type>type\s+)?(?:[\w*\s{},$]*?\bfrom\s*)?(?<quote>['"])(?<specifier>[^'"\n]+)\k<quote>/g;
const LAZY_IMPORT = /\bimport\(\s*(?:\/\*[^*]*\*\/\s*)?(['"])(?<specifier>[^'"\n]+)\1\s*\)/g;

/** The imports and re-exports of a module. */
export function importsOf(source: string): readonly Import[] {
  const code = codeOf(source, 'keep');
  const lineAt = (offset: number) => code.slice(0, offset).split('\n').length;
  const found: Import[] = [];
  for (const match of code.matchAll(IMPORT)) {
    const { specifier = '', type } = match.groups ?? {};
    const line = lineAt(match.index + match[0].lastIndexOf(specifier));
    found.push({ specifier, isType: type !== undefined, isLazy: false, line });
  }
  for (const match of code.matchAll(LAZY_IMPORT)) {
    const { specifier = '' } = match.groups ?? {};
    // `typeof import('x')` and `import('x').Type` in a type position load nothing either; both count as lazy here.
    found.push({ specifier, isType: false, isLazy: true, line: lineAt(match.index) });
  }
  return found;
}
