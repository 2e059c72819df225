import {
  outputTag,
  type OutputTag,
  type PCollection,
  PipelineError,
  type PTransform,
  showValue,
} from '../model/index.ts';

/** The parts of a collection, by name. */
export type Partitioned<T, Name extends string> = { readonly [N in Name]: PCollection<T> };

/**
 * Divides a collection into parts: each element goes to the one that `choose` names.
 *
 * Timestamp, windows and pane are kept. With a number in place of names, the parts are called `'0'`, `'1'` and so on, and
 * `choose` gives the number of one (Beam: Partition).
 *
 * @throws PipelineError if there is no part or a name is given twice. The run fails where `choose` names none of them.
 * @example
 * import { create, partition, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const { small, large } = p
 *   .apply(create([1, 20, 3]))
 *   .apply(partition(['small', 'large'], (n) => (n < 10 ? 'small' : 'large')));
 * assertThat(small).containsInAnyOrder([1, 3]);
 * assertThat(large).containsInAnyOrder([20]);
 * await p.run(directRunner());
 */
export function partition<T, const Name extends string>(
  names: readonly Name[],
  choose: (element: T) => NoInfer<Name>,
): PTransform<PCollection<T>, Partitioned<T, Name>>;
export function partition<T>(
  count: number,
  choose: (element: T) => number,
): PTransform<PCollection<T>, Partitioned<T, string>>;
export function partition<T>(
  namesOrCount: readonly string[] | number,
  choose: (element: T) => string | number,
): PTransform<PCollection<T>, Partitioned<T, string>> {
  const names = typeof namesOrCount === 'number' ? numbered(namesOrCount) : namesOrCount;
  const tags = Object.fromEntries(names.map((name) => [name, outputTag<T>()]));
  if (names.length === 0 || Object.keys(tags).length < names.length) {
    throw new PipelineError(
      undefined,
      `partition: the parts are ${showValue(namesOrCount)}. Each element goes to exactly one. Give at least one name, none of them twice.`,
    );
  }
  return { name: 'Partition', expand: (input) => divided(input, tags, choose) };
}

const numbered = (count: number): readonly string[] =>
  Number.isInteger(count) ? Array.from({ length: Math.max(0, count) }, (_, i) => String(i)) : [];

function divided<T>(
  input: PCollection<T>,
  tags: Record<string, OutputTag<T>>,
  choose: (element: T) => string | number,
): Partitioned<T, string> {
  const { main: _, ...parts } = input.parDo({
    name: 'Choose',
    outputs: tags,
    process(element: T, { emit }) {
      const name = choose(element);
      if (!Object.hasOwn(tags, name)) {
        throw new RangeError(
          `the partition function returned ${showValue(name)}, which names none of the parts ${Object.keys(tags).join(', ')}. The element would be lost. Return one of these.`,
        );
      }
      emit[name]?.(element);
    },
  });
  return parts;
}
