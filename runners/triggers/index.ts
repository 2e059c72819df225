// When a window's pane comes out: triggers as state machines over plain data, each kind as Beam has it. Imports the model only.
//
// trigger-state.ts has where a trigger stands, trigger-machine.ts what it does when an element comes or time passes,
// trigger-merge.ts what becomes of it when windows merge. What panes hold, and who asks, is in runners/panes.
export { onElement, onFire, shouldFire, type TriggerTime } from './trigger-machine.ts';
export { mergeStates } from './trigger-merge.ts';
export {
  decodeState,
  encodeState,
  isFinished,
  newState,
  nextDelay,
  treeOf,
  type TriggerState,
  type TriggerTree,
} from './trigger-state.ts';
