import { expect, test } from 'vitest';
import { kept, PARTS, timeless } from '../../../scripts/proof/parts.ts';
import { read } from '../../house/tree.ts';

test('what is kept says how it was got, and nothing of when and how long', () => {
  const part = { name: 'simulate', script: 'simulate', args: ['--seeds', '10'] };
  expect(kept(part, '10 seeds, 4 epochs, 12.3 s\nno seed failed\n', 'v24.0.0', true)).toBe(
    '$ npm run -s simulate -- --seeds 10\nNode v24.0.0\n\n10 seeds, 4 epochs\nno seed failed\n\nsucceeded\n',
  );
  expect(timeless('{"keys":5,"cpuSeconds":1.5,"seconds":2,"ok":true}')).toBe('{"keys":5,"ok":true}');
});

test('each part is a script of the package', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const { script } of PARTS) expect(scripts, script).toHaveProperty(script);
});
