/** Names that are asked for by what looks at any object: await, JSON, consoles. */
const OF_ANY_OBJECT: readonly string[] = ['then', 'toJSON', 'constructor'];

/**
 * An empty record of handles. Programs without types ask it for what their step does not declare, and are told so; the
 * prototype does that, so what is declared is found as fast as ever.
 */
export function handleRecord<T>(what: 'state' | 'timer', declaration: string): Record<string, T> {
  const undeclared = new Proxy(Object.create(null), {
    get(_target, name, record: object) {
      if (typeof name !== 'string' || OF_ANY_OBJECT.includes(name)) return undefined;
      const known = Object.keys(record).map((one) => `'${one}'`);
      throw new TypeError(
        `the ${what} '${name}' is not declared: this step has ${known.length === 0 ? 'none' : known.join(', ')}. Nothing is kept under another name. Declare it, e.g. ${declaration.replace('NAME', name)}.`,
      );
    },
  });
  return Object.create(undeclared);
}
