import type { Comparator } from './natural-order.ts';

// A binary heap of at most `n` values, in a plain array so that it can be stored and sent: the n greatest of those that
// were offered, the least of them in front, where the next one is measured against it.

/** Offers a value to the heap; it stays if it is one of the `n` greatest so far. */
export function offer<T>(heap: T[], value: T, n: number, compare: Comparator<T>): void {
  if (heap.length < n) {
    heap.push(value);
    siftUp(heap, heap.length - 1, compare);
  } else if (compare(value, heap[0] as T) > 0) {
    // `n` is at least 1, so a full heap has a front.
    heap[0] = value;
    siftDown(heap, compare);
  }
}

// The casts below: all indices lie within the heap.
function siftUp<T>(heap: T[], from: number, compare: Comparator<T>): void {
  const value = heap[from] as T;
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (compare(value, heap[parent] as T) >= 0) break;
    heap[at] = heap[parent] as T;
    at = parent;
  }
  heap[at] = value;
}

function siftDown<T>(heap: T[], compare: Comparator<T>): void {
  const value = heap[0] as T;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && compare(heap[child + 1] as T, heap[child] as T) < 0) child++;
    if (compare(heap[child] as T, value) >= 0) break;
    heap[at] = heap[child] as T;
    at = child;
  }
  heap[at] = value;
}
