/** Whether two types are the same in every respect: neither `any` nor a wider type will do. */
export type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** Compiles only where the value's type is exactly `Expected`. Nothing in this folder is run: the compiler is the test. */
export declare function expectType<Expected>(): <Actual>(
  value: Actual,
  ...same: Same<Actual, Expected> extends true ? [] : [never]
) => void;
