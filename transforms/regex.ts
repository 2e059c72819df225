import { kv, type KV, type PCollection, PipelineError, type PTransform, ptransform } from '../model/index.ts';

/** A group of a regular expression: its number, 0 for all that matched, or its name. */
export type RegexGroup = number | string;

type OfTexts<U> = PTransform<PCollection<string>, PCollection<U>>;

/**
 * Keeps the texts that match as a whole, and gives the group, or all that matched.
 *
 * A group that took no part in the match gives nothing. Flags `g` and `y` of the pattern are of no account in any of these
 * transforms: each text is searched from its start.
 *
 * @throws PipelineError if the pattern has no such group.
 * @example
 * import { create, Pipeline, regexMatches } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const ids = p.apply(create(['id 7', 'no id 8'])).apply(regexMatches(/id (?<id>\d+)/, 'id'));
 * assertThat(ids).containsInAnyOrder(['7']);
 * await p.run(directRunner());
 */
export function regexMatches(pattern: RegExp, group: RegexGroup = 0): OfTexts<string> {
  const [taken] = groupsOf('regexMatches', pattern, [group]);
  const whole = new RegExp(`^(?:${pattern.source})$`, flagsOf(pattern).replace('m', ''));
  return ofEach('RegexMatches', (text) => present(whole.exec(text), taken));
}

/**
 * The first match in each text, or its group; nothing of texts without match.
 *
 * @throws PipelineError if the pattern has no such group.
 * @example
 * import { create, Pipeline, regexFind } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create(['a1b2', 'c'])).apply(regexFind(/\d/))).containsInAnyOrder(['1']);
 * await p.run(directRunner());
 */
export function regexFind(pattern: RegExp, group: RegexGroup = 0): OfTexts<string> {
  const [taken] = groupsOf('regexFind', pattern, [group]);
  const first = new RegExp(pattern.source, flagsOf(pattern));
  return ofEach('RegexFind', (text) => present(first.exec(text), taken));
}

/**
 * All matches in each text, or their groups, as elements of their own.
 *
 * @throws PipelineError if the pattern has no such group.
 * @example
 * import { create, Pipeline, regexFindAll } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create(['a1b2'])).apply(regexFindAll(/\d/))).containsInAnyOrder(['1', '2']);
 * await p.run(directRunner());
 */
export function regexFindAll(pattern: RegExp, group: RegexGroup = 0): OfTexts<string> {
  const [taken] = groupsOf('regexFindAll', pattern, [group]);
  const all = new RegExp(pattern.source, `${flagsOf(pattern)}g`);
  return ofEach('RegexFindAll', (text) => [...text.matchAll(all)].flatMap((match) => present(match, taken)));
}

/**
 * A key-value pair of two groups of the first match in each text; nothing of texts where one of them is missing.
 *
 * @throws PipelineError if the pattern has no such groups.
 * @example
 * import { create, kv, Pipeline, regexFindKv } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const pairs = p.apply(create(['color=red'])).apply(regexFindKv(/(\w+)=(\w+)/, 1, 2));
 * assertThat(pairs).containsInAnyOrder([kv('color', 'red')]);
 * await p.run(directRunner());
 */
export function regexFindKv(
  pattern: RegExp,
  keyGroup: RegexGroup,
  valueGroup: RegexGroup,
): OfTexts<KV<string, string>> {
  const [keyOf, valueOf] = groupsOf('regexFindKv', pattern, [keyGroup, valueGroup]);
  const first = new RegExp(pattern.source, flagsOf(pattern));
  return ofEach('RegexFindKv', (text) => {
    const match = first.exec(text);
    return present(match, keyOf).flatMap((key) => present(match, valueOf).map((value) => kv(key, value)));
  });
}

/**
 * Replaces all matches in each text; `$1` and `$<name>` in the replacement stand for groups.
 *
 * @example
 * import { create, Pipeline, regexReplaceAll } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create(['a1b2'])).apply(regexReplaceAll(/\d/, '#'))).containsInAnyOrder(['a#b#']);
 * await p.run(directRunner());
 */
export function regexReplaceAll(pattern: RegExp, replacement: string): OfTexts<string> {
  const all = new RegExp(pattern.source, `${flagsOf(pattern)}g`);
  return ofEach('RegexReplaceAll', (text) => [text.replace(all, replacement)]);
}

/**
 * Replaces the first match in each text; otherwise like {@link regexReplaceAll}.
 *
 * @example
 * import { create, Pipeline, regexReplaceFirst } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create(['a1b2'])).apply(regexReplaceFirst(/\d/, '#'))).containsInAnyOrder(['a#b2']);
 * await p.run(directRunner());
 */
export function regexReplaceFirst(pattern: RegExp, replacement: string): OfTexts<string> {
  const first = new RegExp(pattern.source, flagsOf(pattern));
  return ofEach('RegexReplaceFirst', (text) => [text.replace(first, replacement)]);
}

/**
 * Splits each text at the matches; the pieces are elements of their own, empty ones only if `keepEmpty` is set.
 *
 * @example
 * import { create, Pipeline, regexSplit } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create(['a, b,,c'])).apply(regexSplit(/[, ]+/))).containsInAnyOrder(['a', 'b', 'c']);
 * await p.run(directRunner());
 */
export function regexSplit(pattern: RegExp, options: { readonly keepEmpty?: boolean } = {}): OfTexts<string> {
  const between = new RegExp(pattern.source, `${flagsOf(pattern)}g`);
  return ofEach('RegexSplit', (text) => {
    const pieces = piecesOf(text, between);
    return options.keepEmpty === true ? pieces : pieces.filter((piece) => piece !== '');
  });
}

const ofEach = <U>(name: string, fn: (text: string) => readonly U[]): OfTexts<U> =>
  ptransform(name, (input: PCollection<string>) => input.flatMap(fn, { name: 'Text' }));

const flagsOf = (pattern: RegExp): string => pattern.flags.replace(/[gy]/g, '');

/** The text between the matches. Unlike `split`, it leaves out what the groups of the pattern matched. */
function piecesOf(text: string, between: RegExp): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const { 0: separator, index } of text.matchAll(between)) {
    // An empty match at the start separates nothing.
    if (index === 0 && separator === '') continue;
    pieces.push(text.slice(start, index));
    start = index + separator.length;
  }
  return [...pieces, text.slice(start)];
}

type GroupOf = (match: RegExpExecArray) => string | undefined;

/** How groups are taken from a match; the pattern is asked for its groups once, at construction. */
function groupsOf<const G extends readonly RegexGroup[]>(
  fn: string,
  pattern: RegExp,
  groups: G,
): { readonly [N in keyof G]: GroupOf } {
  // With an empty alternative it matches anything, and the match lists all groups.
  const probe = new RegExp(`${pattern.source}|`, flagsOf(pattern)).exec('') as RegExpExecArray;
  const taken = groups.map((group): GroupOf => {
    const exists = typeof group === 'number' ? group in probe : Object.hasOwn(probe.groups ?? {}, group);
    if (!exists) {
      throw new PipelineError(
        undefined,
        `${fn}: ${pattern} has no group ${group}. It could never match. It has the groups 0 to ${probe.length - 1}${namesOf(probe)}; choose one of these.`,
      );
    }
    return typeof group === 'number' ? (match) => match[group] : (match) => match.groups?.[group];
  });
  // As many as `groups`, in their order.
  return taken as unknown as { readonly [N in keyof G]: GroupOf };
}

const namesOf = ({ groups }: RegExpExecArray): string =>
  groups === undefined ? '' : `, with the names ${Object.keys(groups).join(', ')}`;

function present(match: RegExpExecArray | null, group: GroupOf): readonly string[] {
  const text = match === null ? undefined : group(match);
  return text === undefined ? [] : [text];
}
