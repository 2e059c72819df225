import type { BoundedWindow, KeyEncoder, StateSpace, Timestamp } from '../../model/index.ts';
import type { StepTime } from '../execution/index.ts';
import type { CellCodec } from '../state/index.ts';
import type { PaneMachine } from './pane-machine.ts';
import type { TriggerTree } from './trigger-state.ts';

/** What a table of panes takes from its step and its run. */
export interface PaneTableSpec {
  readonly step: string;
  readonly tree: TriggerTree;
  readonly machine: PaneMachine;
  readonly held: CellCodec<unknown>;
  readonly keys: KeyEncoder;
  readonly codegen: boolean;
  readonly time: StepTime;
  readonly space: (name: string) => StateSpace | undefined;
}

/** The panes of a step by key and window. */
export interface PaneTable {
  /** Takes an element of a window that is not expired; false if it is dropped since the window's trigger is finished. */
  add(key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow): boolean;
  /** Does what is due since the watermark passed the ends of windows, in order; gives back what is left of the budget. */
  fireEvents(budget: number): number;
  /** The same since the clock went on. */
  fireDelays(budget: number): number;
  /** The watermark beyond which something is due. */
  nextEvent(): Timestamp | undefined;
  nextWakeUp(): Timestamp | undefined;
}
