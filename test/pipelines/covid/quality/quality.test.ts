import { expect, test } from 'vitest';
import { demandQuality, qualityOf } from '../../../../pipelines/covid/quality/index.ts';

const file = (path: string, accepted: number, rejected: readonly number[] = [0, 0, 0, 0, 0, 0]) => ({
  path,
  columns: 9,
  rows: accepted + rejected.reduce((sum, n) => sum + n, 0),
  accepted,
  rejected,
  newestReport: '2020-03-06',
});
const nulls = Array.from({ length: 16 }, (_, at) => at);

test('files come by name, reasons and columns with their names, and losers are counted as duplicates', () => {
  const quality = qualityOf([file('x/b.csv', 3, [1, 0, 2, 0, 0, 0]), file('y/a.csv', 4)], { cases: 5, nulls });
  expect(quality).toEqual({
    files: [
      { name: 'a.csv', layout: 9, rows: 4, accepted: 4 },
      { name: 'b.csv', layout: 9, rows: 6, accepted: 3 },
    ],
    rejected: {
      'no case id': 1,
      'no or impossible age': 0,
      'unknown sex': 2,
      'no report date': 0,
      'unreadable date in a filled field': 0,
      'no known department': 0,
    },
    duplicates: 2,
    nulls: expect.objectContaining({ fecha_notificacion: 0, fecha_muerte: 4, nombre_grupo_etnico: 15 }),
    cases: 5,
  });
});

test('more rejected rows than allowed stop the run and are counted by reason', () => {
  const quality = qualityOf([file('a.csv', 98, [0, 2, 0, 0, 0, 0])], { cases: 98, nulls });
  expect(() => demandQuality(quality, 1.9)).toThrow(
    /^--strict-quality: 2 of 100 rows were rejected \(no or impossible age: 2\), more than 1\.9 %\. .* nothing was published\./,
  );
  expect(() => demandQuality(quality, 2)).not.toThrow();
  expect(() => demandQuality(quality, undefined)).not.toThrow();
});

test('a share that is just what is allowed is not more, whatever it is in binary', () => {
  const quality = qualityOf([file('a.csv', 977, [0, 23, 0, 0, 0, 0])], { cases: 977, nulls });
  expect(() => demandQuality(quality, 2.3)).not.toThrow();
  expect(() => demandQuality(quality, 2.29)).toThrow(/23 of 1000 rows .* more than 2\.29 %/);
});

test('no row at all is no share of rejected rows', () => {
  expect(() => demandQuality(qualityOf([], { cases: 0, nulls }), 0)).not.toThrow();
});
