let copies = 0;

/**
 * A function of the same text as `make`, with call feedback of its own.
 *
 * V8 keeps what it learns of a call per function literal: one `add` shared by all groupings would see many key and
 * accumulator types and be inlined nowhere (chain of ten steps: 64 ns against 7). `make` must use nothing but its
 * parameters, since its text is compiled again outside its module. Without generated code it is returned as it is.
 */
export function ownCopy<Make extends (...parameters: never[]) => unknown>(make: Make, codegen: boolean): Make {
  if (!codegen) return make;
  copies++;
  // The text is that of a function of this program; the number makes it another literal to V8.
  return new Function(`return (${make.toString()})\n// copy ${copies}`)() as Make;
}
