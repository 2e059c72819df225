import { expect, test } from 'vitest';
import { fixedWindows, interval, kv } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import {
  create,
  regexFind,
  regexFindAll,
  regexFindKv,
  regexMatches,
  regexReplaceAll,
  regexReplaceFirst,
  regexSplit,
} from '../../transforms/index.ts';

const texts = ['a1', 'b22c3', 'none', ''];

test('matching takes whole texts, finding takes parts', () =>
  testPipeline((p) => {
    const all = p.apply(create(texts));
    assertThat(all.apply(regexMatches(/[a-z]\d/))).containsInAnyOrder(['a1']);
    assertThat(all.apply(regexMatches(/a|a1/))).containsInAnyOrder(['a1']);
    assertThat(all.apply(regexFind(/\d+/))).containsInAnyOrder(['1', '22']);
    assertThat(all.apply(regexFindAll(/\d+/))).containsInAnyOrder(['1', '22', '3']);
  }));

test('groups have numbers and names; one that took no part gives nothing', () =>
  testPipeline((p) => {
    const all = p.apply(create(texts));
    assertThat(all.apply(regexMatches(/([a-z])(?<digit>\d)/, 'digit'))).containsInAnyOrder(['1']);
    assertThat(all.apply(regexFind(/([a-z])\d/, 1))).containsInAnyOrder(['a', 'b']);
    assertThat(all.apply(regexFindAll(/(a)|\d/, 1))).containsInAnyOrder(['a']);
    assertThat(all.apply(regexFindKv(/([a-z])(\d+)/, 1, 2))).containsInAnyOrder([kv('a', '1'), kv('b', '22')]);
  }));

test('replacing one or all, with groups in the replacement', () =>
  testPipeline((p) => {
    const all = p.apply(create(['b22c3']));
    assertThat(all.apply(regexReplaceAll(/(\d+)/, '<$1>'))).containsInAnyOrder(['b<22>c<3>']);
    assertThat(all.apply(regexReplaceFirst(/\d/, ''))).containsInAnyOrder(['b2c3']);
  }));

test('splitting gives the pieces, empty ones if asked for, never the groups', () =>
  testPipeline((p) => {
    const all = p.apply(create(['a,b,,c', '']));
    assertThat(all.apply(regexSplit(/,/))).containsInAnyOrder(['a', 'b', 'c']);
    assertThat(all.apply(regexSplit(/(,)/, { keepEmpty: true }))).containsInAnyOrder(['a', 'b', '', 'c', '']);
    assertThat(p.apply(create(['ab'])).apply(regexSplit(/(?:)/))).containsInAnyOrder(['a', 'b']);
  }));

test('the flags g and y carry nothing from one text to the next', () =>
  testPipeline((p) => {
    const all = p.apply(create(['xx1', 'x1', '1']));
    assertThat(all.apply(regexFind(/\d/gy))).containsInAnyOrder(['1', '1', '1']);
    assertThat(all.apply(regexMatches(/X*\d/gi))).containsInAnyOrder(['xx1', 'x1', '1']);
    assertThat(all.apply(regexReplaceFirst(/x/g, ''))).containsInAnyOrder(['x1', '1', '1']);
  }));

test('a line of a text is not the whole text', () =>
  testPipeline((p) => {
    assertThat(p.apply(create(['a\nb'])).apply(regexMatches(/a/m))).isEmpty();
  }));

test('windows are kept, and no texts give nothing', () =>
  testPipeline((p) => {
    const all = p.apply(create(['a1', 'b2'], { timestamps: [1, 11] })).windowInto(fixedWindows({ size: 10 }));
    assertThat(all.apply(regexFind(/\d/)))
      .inWindow(interval(10, 20))
      .containsInAnyOrder(['2']);
    assertThat(p.apply(create<string>([])).apply(regexSplit(/,/))).isEmpty();
  }));

test('a group that the pattern does not have is refused with those that it has', () => {
  expect(() => regexFind(/(a)(?<n>b)/, 3)).toThrow(
    /^regexFind: .* has no group 3\. .* groups 0 to 2, with the names n/,
  );
  expect(() => regexFindKv(/(a)/, 1, 'x')).toThrow(/has no group x/);
});
