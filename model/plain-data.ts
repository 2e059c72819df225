/**
 * Marks an iterable of the engine's own, such as the values of a group, as data: coders and keys take it for an array of
 * its elements. An iterable without this mark is refused, since its class would be lost.
 */
export const iterableData: unique symbol = Symbol.for('viga.iterableData');

/** An iterable that carries the mark. */
export interface IterableData<out T> extends Iterable<T> {
  readonly [iterableData]: true;
}

/** Whether the value is an iterable with the mark {@link iterableData}. */
export function isIterableData(value: object): value is IterableData<unknown> {
  return iterableData in value;
}

/** Whether the value is an object with nothing but fields: a literal, or one without prototype. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // The literal of another realm (node:vm) has that realm's Object.prototype, the only one that owns isPrototypeOf.
  return Object.hasOwn(prototype as object, 'isPrototypeOf');
}

/** Names the class of a value for a message: `a function`, `a promise`, `an instance of Money`. */
export function describeKind(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  if ('then' in value && typeof value.then === 'function') return 'a promise';
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an instance of a class without name';
}
