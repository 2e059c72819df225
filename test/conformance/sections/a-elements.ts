// A. Create and ParDo: elements, outputs, values.
import {
  counter,
  create,
  flatten,
  generate,
  GLOBAL_WINDOW,
  kv,
  MIN_TIMESTAMP,
  outputTag,
  type PCollection,
  reifyWindows,
  seconds,
  slidingWindows,
} from '../../../index.ts';
import { writeText } from '../../../io/text/index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at, NOT_FIRED, within } from '../collections.ts';
import { fails, item, succeeds } from '../item.ts';

const observingCalls = counter('conformance', 'window-observing calls');
const plainCalls = counter('conformance', 'plain calls');

/** Bytes that differ from place to place and from size to size. */
const bytesOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) % 251);

const isIntact = (bytes: Uint8Array): boolean => Buffer.compare(bytes, bytesOf(bytes.length)) === 0;

/** Values that are easily mistaken for others, each told apart by a name. */
const ODD_VALUES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['empty text', ''],
  ['no bytes', new Uint8Array(0)],
  ['emoji', '👩‍👩‍👧 é'],
  ['lone surrogate', '\ud83d'],
  ['NaN', Number.NaN],
  ['minus zero', -0],
  ['infinity', Number.POSITIVE_INFINITY],
  ['large bigint', 2n ** 53n + 1n],
]);

/** The same value of the same kind: -0 is not 0, and bytes are equal by content. */
const isSame = (a: unknown, b: unknown): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : Object.is(a, b);

export const elements = [
  item(
    1,
    'Created elements are all there, once each, at the lowest timestamp, in the global window, fired by no trigger.',
    succeeds((p) => {
      const expected = [1, 2, 3].map((value) => ({
        value,
        timestamp: MIN_TIMESTAMP,
        window: GLOBAL_WINDOW,
        pane: NOT_FIRED,
      }));
      assertThat(p.apply(create([1, 2, 3])).apply(reifyWindows())).containsInAnyOrder(expected);
    }),
  ),
  item(
    2,
    'A collection created of nothing is empty, and an assertion about it runs all the same.',
    succeeds((p) => {
      const nothing = p.apply(create<number>([]));
      assertThat(nothing).isEmpty();
      assertThat(nothing.map((n) => n + 1)).isEmpty();
    }),
  ),
  item(
    3,
    'One element becomes one other with map, one or none with filter, any number with flatMap.',
    succeeds((p) => {
      const input = p.apply(create([1, 2, 3, 4]));
      assertThat(input.map((n) => n * 2)).containsInAnyOrder([2, 4, 6, 8]);
      assertThat(input.filter((n) => n % 2 === 0)).containsInAnyOrder([2, 4]);
      assertThat(input.flatMap((n) => new Array<number>(n).fill(n))).containsInAnyOrder([1, 2, 2, 3, 3, 3, 4, 4, 4, 4]);
    }),
  ),
  item(
    4,
    'A ParDo may give nothing for all of its input: what follows is empty, and a sink is closed all the same.',
    succeeds(
      (p, { scratch }) => {
        const nothing = p.apply(create([1, 2])).parDo<string>({ process: () => [] });
        assertThat(nothing).isEmpty();
        nothing.apply(writeText({ files: `${scratch}/lines.txt` }));
      },
      (check, { files }) => check.holds(files.includes('lines.txt'), 'what the sink wrote, an empty file, is visible'),
    ),
  ),
  item(
    5,
    'Each element goes to the output it was emitted to and to no other; an output without a consumer does no harm.',
    succeeds((p) => {
      const { main, even, odd } = p.apply(create([1, 2, 3, 4])).parDo({
        outputs: { even: outputTag<number>(), odd: outputTag<number>(), unread: outputTag<number>() },
        process(n: number, { emit }) {
          (n % 2 === 0 ? emit.even : emit.odd)(n);
          emit.unread(n);
        },
      });
      assertThat(even).containsInAnyOrder([2, 4]);
      assertThat(odd).containsInAnyOrder([1, 3]);
      assertThat(main).isEmpty();
    }),
  ),
  item(
    6,
    'An additional output may be the only one in use; emitting to one that was not declared fails with its name.',
    succeeds((p) => {
      const { large } = p.apply(create([1, 20])).parDo({
        outputs: { large: outputTag<string>() },
        process(n: number, { emit }) {
          if (n > 10) emit.large(`large ${n}`);
          return [n];
        },
      });
      assertThat(large).containsInAnyOrder(['large 20']);
    }),
    fails(
      (p) => {
        p.apply(create([1])).parDo({
          name: 'Misspelt',
          outputs: { large: outputTag<number>() },
          process(n: number, { emit }) {
            // What a program without types could do.
            (emit as unknown as Record<string, (value: number) => void>)['lagre']?.call(undefined, n);
            (emit as unknown as { lagre: (value: number) => void }).lagre(n);
          },
        });
      },
      /Misspelt/,
      /lagre/,
    ),
  ),
  item(
    16,
    'Elements of 10 KB, 100 KB, 1 MB and 10 MB come through a grouping and a ParDo byte for byte.',
    succeeds((p) => {
      const sizes = [10_000, 100_000, 1_000_000, 10_000_000];
      const sent = p.apply(create(sizes)).map((size) => kv(size, bytesOf(size)), { name: 'Bytes' });
      const received = sent
        .groupByKey()
        .parDo({ process: ({ value }: { readonly value: Iterable<Uint8Array> }) => value })
        .map((bytes) => ({ size: bytes.length, isIntact: isIntact(bytes) }), { name: 'Compare' });
      assertThat(received).containsInAnyOrder(sizes.map((size) => ({ size, isIntact: true })));
    }),
  ),
  item(
    17,
    'Values that are easily mistaken for others come through steps and a grouping unchanged.',
    succeeds((p) => {
      const received = p
        .apply(create([...ODD_VALUES].map(([name, value]) => kv(name, { value }))))
        .groupByKey()
        .flatMap(({ key, value }) => [...value].map((one) => (isSame(one.value, ODD_VALUES.get(key)) ? key : 'other')));
      assertThat(received).containsInAnyOrder([...ODD_VALUES.keys()]);
    }),
  ),
  item(
    18,
    'A collection with two consumers whose results are joined again gives each element exactly twice.',
    succeeds((p) => {
      const source = p.apply(generate({ count: 5_000, element: (i) => i }));
      const left = source.map((n) => n, { name: 'Left' });
      const right = source.map((n) => n, { name: 'Right' });
      const times = flatten([left, right])
        .keyBy((n) => n)
        .groupByKey()
        .map(({ value }) => [...value].length);
      assertThat(times).satisfies((all) => all.length === 5_000 && all.every((n) => n === 2));
    }),
  ),
  item(
    19,
    'A step that changes its input breaks the rules; another consumer sees the old or the new content, once per element.',
    // Documented in docs/guide/01-pipelines.md: "Functions must not change the elements they are given, as other steps may
    // get the same ones". So a runner need not copy: both contents are right, and any third is not.
    succeeds((p) => {
      const source: PCollection<{ id: number; content: string }> = p.apply(
        create([1, 2, 3].map((id) => ({ id, content: 'old' }))),
      );
      const changed = source.map((element) => Object.assign(element, { content: 'new' }), { name: 'Change' });
      const other = source.map(({ id, content }) => ({ id, isOneOfBoth: content === 'old' || content === 'new' }));
      assertThat(changed.map(({ content }) => content)).containsInAnyOrder(['new', 'new', 'new']);
      assertThat(other).containsInAnyOrder([1, 2, 3].map((id) => ({ id, isOneOfBoth: true })));
    }),
  ),
  item(
    20,
    'A step that asks for the window is called once per window of an element, another once; both keep all windows.',
    succeeds(
      (p) => {
        const input = at(p, [7, 'a']).windowInto(slidingWindows({ size: seconds(10), period: seconds(5) }));
        const observing = input.map((value, { window }) => {
          observingCalls.inc();
          return `${value}${window.maxTimestamp < seconds(10) ? '<' : '>'}`;
        });
        const plain = input.map((value) => {
          plainCalls.inc();
          return value;
        });
        const pairs = (values: PCollection<string>): PCollection<unknown> =>
          values.apply(reifyWindows()).map(({ value, window }) => ({ value, window }));
        assertThat(pairs(observing)).containsInAnyOrder([
          { value: 'a<', window: within(0, 10) },
          { value: 'a>', window: within(5, 15) },
        ]);
        assertThat(pairs(plain)).containsInAnyOrder([
          { value: 'a', window: within(0, 10) },
          { value: 'a', window: within(5, 15) },
        ]);
      },
      (check, { result }) => {
        check.equal(result.metric(observingCalls).committed, 2);
        check.equal(result.metric(plainCalls).committed, 1);
      },
    ),
  ),
];
