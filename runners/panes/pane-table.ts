import type { BoundedWindow, KeyEncoder, StateSpace, Timestamp } from '../../model/index.ts';
import type { StepTime } from '../execution/index.ts';
import type { HeldForm } from './held-form.ts';
import type { PaneMachine } from './pane-machine.ts';
import type { TriggerTree } from '../triggers/index.ts';

/** What a table of panes takes from its step and its run. */
export interface PaneTableSpec {
  readonly step: string;
  readonly tree: TriggerTree;
  readonly machine: PaneMachine;
  readonly held: HeldForm;
  readonly keys: KeyEncoder;
  readonly codegen: boolean;
  readonly time: StepTime;
  readonly space: (name: string) => StateSpace | undefined;
}

/** The panes of a step by key and window. */
export interface PaneTable {
  /** Takes an element of a window that is not expired; false if it is dropped since the window's trigger is finished. */
  add(key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow): boolean;
  /** When the watermark is past this, something is due: a window is over, or expired. */
  nextEvent(): Timestamp | undefined;
  /** Does some of what is due first; gives back what is left of the budget. */
  fireNext(budget: number): number;
  nextWakeUp(): Timestamp | undefined;
  /** Does what is due as the clock went on; gives back what is left of the budget. */
  fireDelays(budget: number): number;
  save(): void;
  bytes(): number;
  readonly canSpill: boolean;
  /** `between` is called after each part that went to disk. */
  spill(between?: () => void): void;
}
