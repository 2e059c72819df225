import { create } from 'viga';
import { assertThat, testPipeline } from 'viga/testing';
import { describe, expect, test } from 'vitest';
import type { Case } from '../../../../pipelines/covid/cases/index.ts';
import { cellNumber, cellOf, hasEnded, isHeldOut } from '../../../../pipelines/covid/forest/features.ts';
import { deathModel } from '../../../../pipelines/covid/forest/index.ts';
import { normalized } from '../rows.ts';

// The row is one that the normalizer accepts.
const firstCase = normalized(23).case as Case;

/** Who is 60 or older dies. */
function caseOf(id: number): Case {
  const edad = (id * 37) % 100;
  return { ...firstCase, id_caso: BigInt(id), edad, atencion: edad >= 60 ? 'Fallecido' : 'Recuperado' };
}

describe('features', () => {
  test('a cell tells age, sex, contagion and department, and nothing else', () => {
    const { values } = cellOf(cellNumber({ ...firstCase, edad: 120, sexo: 'M', codigo_departamento: '99' }), 1);
    expect(values).toEqual([120, 1, 3, 32]);
    const blind = { ...firstCase, ubicacion: 'Fallecido', estado: 'Fallecido', fecha_muerte: '2020-04-01', linea: 9 };
    expect(cellNumber({ ...blind, fecha_recuperacion: null, tipo_recuperacion: null })).toBe(cellNumber(firstCase));
  });

  test('an unknown contagion is a value of its own', () =>
    expect(cellOf(cellNumber({ ...firstCase, tipo_contagio: null }), 1).values[2]).toBe(5));

  test('only deaths by covid and recoveries have ended', () =>
    expect(
      ['Fallecido', 'Recuperado', 'N/A', 'Casa', null].filter((atencion) => hasEnded({ ...firstCase, atencion })),
    ).toEqual(['Fallecido', 'Recuperado']));

  test('about a fifth of all ids is held out, small and large ones', () => {
    for (const from of [0n, 2n ** 40n]) {
      const ids = Array.from({ length: 10_000 }, (_, at) => from + BigInt(at));
      const share = ids.filter(isHeldOut).length / ids.length;
      expect(share).toBeGreaterThan(0.18);
      expect(share).toBeLessThan(0.22);
    }
  });
});

describe('the steps', () => {
  const cases = Array.from({ length: 1000 }, (_, at) => caseOf(at + 1));
  const heldOut = cases.filter(({ id_caso }) => isHeldOut(id_caso)).length;

  test('foresee on the held-out cases what the others have taught, and say by what', async (t) => {
    const p = testPipeline(t);
    const { report } = p
      .apply(create([...cases, { ...caseOf(1), id_caso: 9999n, atencion: 'Casa' }]))
      .apply(deathModel());
    assertThat(report).satisfies(([found]) => {
      expect(found?.trainedOn).toEqual({ cases: 1000 - heldOut, deaths: expect.any(Number) });
      expect(found?.heldOut.cases).toBe(heldOut);
      expect(found?.recall).toBeGreaterThan(0.95);
      expect(found?.balancedAccuracy).toBeGreaterThan(0.95);
      expect(found?.featureImportances[0]?.feature).toBe('edad');
      expect(found?.featureImportances[0]?.importance).toBeGreaterThan(0.3);
      expect(found?.featureImportances.slice(1).map(({ importance }) => importance)).toEqual([0, 0, 0]);
    });
    await p.run();
  });

  test('train the same model whatever the order of the cases', async (t) => {
    const p = testPipeline(t);
    const model = (order: readonly Case[]) => p.apply(create(order)).apply(deathModel()).model;
    const [one, two] = [model(cases), model(cases.toReversed())];
    const texts: string[] = [];
    for (const each of [one, two])
      assertThat(each.map((found) => JSON.stringify(found))).satisfies((all) => void texts.push(...all));
    await p.run();
    expect(texts).toHaveLength(2);
    expect(texts[0]).toBe(texts[1]);
  });

  test('say that nobody dies where nobody did, and nothing of what that is worth', async (t) => {
    const p = testPipeline(t);
    const alive = cases.map((one): Case => ({ ...one, atencion: 'Recuperado' }));
    const { report } = p.apply(create(alive)).apply(deathModel());
    assertThat(report).satisfies(([found]) => {
      expect(found).toMatchObject({ recall: null, precision: null, accuracy: 1, balancedAccuracy: null });
      expect(found?.confusionMatrix.trueNegatives).toBe(heldOut);
    });
    await p.run();
  });

  test('give a report without any case', async (t) => {
    const p = testPipeline(t);
    const { report } = p.apply(create<Case>([])).apply(deathModel());
    assertThat(report.map(({ accuracy, heldOut }) => ({ accuracy, heldOut }))).containsInAnyOrder([
      { accuracy: null, heldOut: { cases: 0, deaths: 0 } },
    ]);
    await p.run();
  });
});
