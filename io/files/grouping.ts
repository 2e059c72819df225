import { type BoundedWindow, GLOBAL_WINDOW, type SinkBatch, type SinkContext, windowKey } from '../../model/index.ts';
import { directoryOf, type PartitionFields, type PartitionValue } from './partition-path.ts';

/** Elements that go to the files of one partition and window. */
export interface FileGroup<out T> {
  readonly partition: string;
  readonly window: BoundedWindow | undefined;
  readonly values: readonly T[];
}

/** Sorts the elements of a batch by where they go. */
export interface Grouping<T> {
  (batch: SinkBatch<T>, context: Pick<SinkContext, 'reject'>): readonly FileGroup<T>[];
  /** Whether all elements go to the same place. */
  readonly isSingle: boolean;
}

/**
 * How a write is partitioned: by fields of its elements, which are then left out of what is written, as their values stand
 * in the path; or by what a function gives for an element and its window. Then it is written whole.
 */
export type PartitionBy<T> = readonly (keyof T & string)[] | ((element: T, window: BoundedWindow) => PartitionFields);

type Reject = SinkContext['reject'];

/** Whether elements of different windows may go to different directories. */
export const isByWindow = <T>(partitionBy: PartitionBy<T> | undefined): boolean =>
  typeof partitionBy === 'function' && partitionBy.length > 1;

/** Sorts batches by partition and, where `isWindowed`, by window. */
export function makeGrouping<T>(partitionBy: PartitionBy<T> | undefined, isWindowed: boolean): Grouping<T> {
  if (partitionBy === undefined && !isWindowed) {
    const all = ({ values }: SinkBatch<T>): readonly FileGroup<T>[] => [{ partition: '', window: undefined, values }];
    return Object.assign(all, { isSingle: true });
  }
  const partitionOf = partitioner(partitionBy);
  const written = writtenOf(partitionBy);
  const looksAtWindows = isWindowed || isByWindow(partitionBy);
  const sorted = (batch: SinkBatch<T>, { reject }: { readonly reject: Reject }): readonly FileGroup<T>[] => {
    const groups = new Map<string, FileGroup<T> & { readonly values: T[] }>();
    batch.values.forEach((element, index) => {
      const value = written(element);
      for (const window of looksAtWindows ? windowsAt(batch, index) : NO_WINDOW) {
        let partition: string;
        try {
          partition = partitionOf(element, window ?? GLOBAL_WINDOW);
        } catch (error) {
          reject(element, error as Error);
          return;
        }
        const key = window === undefined ? partition : `${partition}\0${windowKey(window)}`;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { partition, window, values: [value] });
        else group.values.push(value);
      }
    });
    return [...groups.values()];
  };
  return Object.assign(sorted, { isSingle: false });
}

const NO_WINDOW = [undefined];

/** The windows of the element at an index: a batch has one list for all, or a list for each. */
export function windowsAt<T>({ windows }: SinkBatch<T>, index: number): readonly BoundedWindow[] {
  const [first] = windows;
  // A shared list of windows, not one for each value.
  if (!Array.isArray(first)) return windows as readonly BoundedWindow[];
  return (windows as readonly (readonly BoundedWindow[])[])[index] ?? []; // one list for each value
}

/** The directories of an element's partition; `''` where a write has none. @throws TypeError where it has none. */
export function partitioner<T>(partitionBy: PartitionBy<T> | undefined): (element: T, window: BoundedWindow) => string {
  if (partitionBy === undefined) return () => '';
  const directory = rememberingDirectories();
  if (typeof partitionBy === 'function') {
    return (element, window) =>
      Object.entries(partitionBy(element, window))
        .map(([name, value]) => directory(name, value))
        .join('/');
  }
  return (element) => {
    if (typeof element !== 'object' || element === null) {
      throw new TypeError('this is no object. It has no fields to be partitioned by. Pass a function as partitionBy.');
    }
    // What stands in the field is checked when its directory is made.
    return partitionBy.map((name) => directory(name, element[name] as PartitionValue)).join('/');
  };
}

/** How many directories of one field are remembered. */
const REMEMBERED = 10_000;

/** Values of partitions come again and again; their directories are made once. */
function rememberingDirectories(): (name: string, value: PartitionValue) => string {
  const fields = new Map<string, Map<PartitionValue, string>>();
  return (name, value) => {
    let known = fields.get(name);
    if (known === undefined || known.size >= REMEMBERED) fields.set(name, (known = new Map()));
    let directory = known.get(value);
    if (directory === undefined) known.set(value, (directory = directoryOf(name, value)));
    return directory;
  };
}

/** What of an element is written: what its path does not say. */
export function writtenOf<T>(partitionBy: PartitionBy<T> | undefined): (element: T) => T {
  if (typeof partitionBy !== 'object') return (element) => element;
  const omitted = new Set<string>(partitionBy);
  return (element) =>
    typeof element !== 'object' || element === null
      ? element
      : // The format takes the fields that are left; by its type they may still be there, as T says.
        (Object.fromEntries(Object.entries(element).filter(([name]) => !omitted.has(name))) as T);
}
