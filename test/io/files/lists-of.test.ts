import { expect, test } from 'vitest';
import { listsOf, writeFiles } from '../../../io/files/index.ts';
import { Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { create } from '../../../transforms/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, directoryWith } from './support.ts';

test('the records of a list are written one after another, in its order', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  const list = Array.from({ length: 300 }, (_, index) => `${(index * 7) % 300} `);
  p.apply(create([list])).apply(writeFiles(listsOf(bytesFormat), { files: `${root}/list.bin` }));
  await p.run(directRunner());
  expect(contentOf(root)['list.bin']).toBe(list.join(''));
});
