// D. Flatten and partition.
import { create, flatten, partition, type PCollection } from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { item, succeeds } from '../item.ts';

interface Person {
  readonly name: string;
  readonly age?: number;
}

export const flattening = [
  item(
    59,
    'Flattening collections gives all of their elements, equal ones as often as they are there.',
    succeeds((p) => {
      const inputs = [[1, 2], [2, 3], [], [3]].map((elements) => p.apply(create(elements)));
      assertThat(flatten(inputs)).containsInAnyOrder([1, 2, 2, 3, 3]);
    }),
  ),
  item(
    60,
    'A collection flattened with itself has each element twice.',
    succeeds((p) => {
      const input = p.apply(create([1, 2]));
      assertThat(flatten([input, input])).containsInAnyOrder([1, 1, 2, 2]);
    }),
  ),
  item(
    61,
    'Flattening no collection gives an empty one.',
    succeeds((p) => {
      const nothing = flatten<number>([], { pipeline: p });
      assertThat(nothing).isEmpty();
      assertThat(nothing.map((n) => n + 1)).isEmpty();
    }),
  ),
  item(
    62,
    'Flattening one collection changes nothing.',
    succeeds((p) => assertThat(flatten([p.apply(create([1, 2]))])).containsInAnyOrder([1, 2])),
  ),
  item(
    63,
    'Elements of one type but of different shapes are flattened, and read back right behind a grouping.',
    succeeds((p) => {
      const inputs: readonly PCollection<Person>[] = [
        p.apply(create([{ name: 'Ana', age: 30 }])),
        p.apply(create([{ age: 31, name: 'Eva' }])),
        p.apply(create([{ name: 'Leo' }])),
      ];
      const people = flatten(inputs)
        .keyBy(({ name }) => name.length)
        .groupByKey()
        .flatMap(({ value }) => value);
      assertThat(people).containsInAnyOrder([{ name: 'Ana', age: 30 }, { name: 'Eva', age: 31 }, { name: 'Leo' }]);
    }),
  ),
  item(
    64,
    'Each element goes to one part of a partition; a part may stay empty.',
    succeeds((p) => {
      const parts = p
        .apply(create([1, 2, 3, 4]))
        .apply(partition(['odd', 'even', 'none'], (n) => (n % 2 ? 'odd' : 'even')));
      assertThat(parts.odd).containsInAnyOrder([1, 3]);
      assertThat(parts.even).containsInAnyOrder([2, 4]);
      assertThat(parts.none).isEmpty();
    }),
  ),
];
