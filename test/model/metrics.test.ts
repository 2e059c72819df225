import { afterEach, describe, expect, test } from 'vitest';
import {
  counter,
  distribution,
  enterMetricsScope,
  findMetricsScopeBy,
  gauge,
  type MetricsScope,
  stringSet,
} from '../../model/index.ts';

type Update = readonly [kind: string, name: string, value: number | string];

/** A scope that keeps what it is told. */
function listening(): MetricsScope & { readonly updates: Update[] } {
  const updates: Update[] = [];
  return { updates, update: (metric, value) => updates.push([metric.kind, metric.name, value]), log: () => false };
}

afterEach(() => {
  enterMetricsScope(undefined);
  findMetricsScopeBy(() => undefined);
});

const seen = counter('orders', 'seen');

describe('an update', () => {
  test('goes to the step that is running, each kind with its value', () => {
    const scope = listening();
    enterMetricsScope(scope);
    seen.inc();
    seen.inc(5);
    distribution('orders', 'size').update(0.5);
    gauge('orders', 'lag').set(-1);
    stringSet('orders', 'places').add('Lima');
    expect(scope.updates).toEqual([
      ['counter', 'seen', 1],
      ['counter', 'seen', 5],
      ['distribution', 'size', 0.5],
      ['gauge', 'lag', -1],
      ['stringSet', 'places', 'Lima'],
    ]);
  });

  test('goes to the inner step while it runs, then to the outer one again', () => {
    const [outer, inner] = [listening(), listening()];
    enterMetricsScope(outer);
    const before = enterMetricsScope(inner);
    seen.inc(1);
    enterMetricsScope(before);
    seen.inc(2);
    expect(inner.updates).toEqual([['counter', 'seen', 1]]);
    expect(outer.updates).toEqual([['counter', 'seen', 2]]);
  });

  test('after an await goes where the continuation belongs', () => {
    const scope = listening();
    findMetricsScopeBy(() => scope);
    seen.inc();
    expect(scope.updates).toHaveLength(1);
  });

  test('outside of any run goes nowhere, so a function can be tested by itself', () => {
    expect(() => seen.inc()).not.toThrow();
  });
});

test('a metric is named by namespace and name', () => {
  expect(counter('orders', 'seen')).toMatchObject({ kind: 'counter', namespace: 'orders', name: 'seen' });
});
