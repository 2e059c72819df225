import type { ColumnType } from './column.ts';
import { setMember } from './assemble.ts';
import { dateOf } from './leaf-values.ts';

/**
 * Turns the timestamps in a value of this type into Dates; undefined where the type has none that need it.
 *
 * The rest below a millisecond is cut toward the past, also before 1970, so that order stays.
 */
export function toDates(type: ColumnType): ((value: unknown) => unknown) | undefined {
  const convert = presentToDates(type);
  return convert === undefined ? undefined : (value) => (value === null ? null : convert(value));
}

function presentToDates(type: ColumnType): ((value: unknown) => unknown) | undefined {
  switch (type.kind) {
    // The reader gives bigints, arrays, entries and objects for these kinds.
    case 'timestamp-micros':
      return (value) => dateOf(floorDivide(value as bigint, 1000n));
    case 'timestamp-nanos':
      return (value) => dateOf(floorDivide(value as bigint, 1_000_000n));
    case 'list': {
      const convert = toDates(type.element);
      return convert && ((value) => (value as unknown[]).map(convert));
    }
    case 'map': {
      const key = toDates(type.key) ?? same;
      const member = toDates(type.value) ?? same;
      if (key === same && member === same) return undefined;
      return (value) =>
        (value as { key: unknown; value: unknown }[]).map((entry) => ({
          key: key(entry.key),
          value: member(entry.value),
        }));
    }
    case 'struct': {
      const members = type.fields.map(({ name, type: member }) => ({ name, convert: toDates(member) }));
      if (members.every(({ convert }) => convert === undefined)) return undefined;
      return (value) => {
        const converted = { ...(value as Record<string, unknown>) };
        for (const { name, convert } of members) if (convert) setMember(converted, name, convert(converted[name]));
        return converted;
      };
    }
    default:
      return undefined;
  }
}

const same = (value: unknown): unknown => value;

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}
