let compiled = 0;

/**
 * Compiles text to a function with the given parameters, or returns undefined where the platform forbids generated code.
 *
 * Each call yields a function of its own: V8 keeps call feedback per source text and hands out one function for two
 * equal texts, so a number makes each text unique, and what one caller runs never slows another down.
 */
export function compileFunction(
  parameters: readonly string[],
  body: string,
): ((...values: readonly unknown[]) => unknown) | undefined {
  compiled += 1;
  try {
    // The Function constructor's own type is `Function`; it makes exactly a function of these parameters.
    return new Function(...parameters, `// ${compiled}\n${body}`) as (...values: readonly unknown[]) => unknown;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
