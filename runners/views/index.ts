// What functions see of side inputs: which window of them, as a map, a list and so on, and where their elements are meanwhile:
// in memory, and on disk where they have no room. Knows the model and runners/shuffle.
//
// Start with side-contents.ts (the elements of a collection by window); memory-views.ts and disk-views.ts make views of them.
export type { SideContent } from './side-content.ts';
export { SideContents, type SideContentsSpec } from './side-contents.ts';
export { sideInputText, sideWindow } from './side-window.ts';
