// Steps that keep something by key while time passes: state and timers of a ParDo, with what they rest on in runners/state.
// The stage that runs the calls is in runners/execution, and sees only the interfaces of its keyed-access.ts.
//
// Start with keyed-operator.ts, which says what happens when time passes; scope.ts is what one call sees.
export { KeyedOperator } from './keyed-operator.ts';
