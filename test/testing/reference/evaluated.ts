// What the evaluator gives, as lines that can be read and compared.
import {
  type BoundedWindow,
  isIntervalWindow,
  type PCollection,
  type Pipeline,
  showValue,
} from '../../../model/index.ts';
import { type Element, evaluate } from '../../../testing/reference/index.ts';

/** The elements of a collection in order, e.g. `k: [1, 2] @9 in [0,10) ON_TIME 0/0 first last`. */
export function linesOf<T>(pipeline: Pipeline, collection: PCollection<T>): readonly string[] {
  return (evaluate(pipeline.graph).elements.get(collection) ?? []).map(formatElement);
}

/** What was dropped, in order. */
export const dropsOf = (pipeline: Pipeline): readonly string[] =>
  evaluate(pipeline.graph).drops.map(
    ({ reason, element }) => `${reason} ${formatValue(element.value)} @${element.timestamp}`,
  );

/** An element as text: the same for equal elements, whatever the order of the values in a group. */
export function formatElement({ value, timestamp, window, pane }: Element): string {
  const { timing, index, onTimeIndex, isFirst, isLast } = pane;
  const place = `${formatValue(value)} @${timestamp} in ${nameOf(window)}`;
  if (timing === 'UNKNOWN') return place;
  return `${place} ${timing} ${index}/${onTimeIndex}${isFirst ? ' first' : ''}${isLast ? ' last' : ''}`;
}

const nameOf = (window: BoundedWindow): string =>
  isIntervalWindow(window)
    ? `[${window.start},${window.end})`
    : 'kind' in window && window.kind === 'global'
      ? 'global'
      : showValue(window);

/** Key-value pairs as `key: value`, groups sorted, as their order says nothing. */
function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).sort(inNumbers).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return 'key' in value && 'value' in value
    ? `${formatValue(value.key)}: ${formatValue(value.value)}`
    : showValue(value);
}

const inNumbers = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : 1);
