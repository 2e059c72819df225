// What no text of this repository says, and what no file is called.
import path from 'node:path';
import type { SourceFile } from './tree.ts';

/** Patterns of words that are not written, with what they are. Words of the model, `cancelled` among them, are as Beam has them. */
const UNWANTED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [
    /\b(?:colou|behaviou|neighbou|favou|honou|flavou)r\w*|\b(?:un)?label{2}(?:ed|ing)\b|\b\w*(?:serial|organ|recogn|initial|normal|optim|summar|minim|maxim|synchron|final|util|custom|token)is(?:e|ed|es|ing|ation)\b/gi,
    'a British spelling',
  ],
  [/\b(?:TODO|FIXME|XXX|HACK)\b/g, 'something left to do'],
  [/^[ \t]*\/\/ ?[-=*#~]{4,}.*$/gm, 'a banner'],
  [/(?<![\w.])\/(?:work|root)\/\w+/g, 'a path of one machine'],
];

/** Names of files that say nothing of what is in them. */
const EMPTY_NAMES = /^(?:utils?|helpers?|common|misc|shared|manager|stuff)$/;

/** Every place of a text that says what is not written here, and a name that says nothing. */
export function unwantedWords({ path: file, text }: SourceFile): readonly string[] {
  const isEmpty = EMPTY_NAMES.test(path.posix.basename(file).replace(/(?:\.test)?\.\w+$/, ''));
  return [
    ...(isEmpty ? [`${file} has a name that says nothing of what is in it`] : []),
    ...UNWANTED.flatMap(([pattern, what]) =>
      [...text.matchAll(pattern)].map(
        ({ 0: found, index }) => `${file}:${text.slice(0, index).split('\n').length} ${found.trim()} is ${what}`,
      ),
    ),
  ];
}
