import type { AfterCommit, Host } from '../../model/index.ts';
import type { Batch } from './batch.ts';
import type { CallScope, MetricsStore } from './metrics.ts';
import type { Ring } from './ring.ts';
import type { SideInputAccess, StageNode } from './stage.ts';
import type { StageRuntime } from './stage-runtime.ts';

/** Runs elements of a batch, from one index up to another, through a part of the stage; returns where it stopped. */
export type RunSegment = (batch: Batch, from: number, to: number) => number;

/** What follows one output of a node, or the stage's entry. */
export interface Segment {
  /** For when no call is pending in it and its functions are known to be sync; stops when one turns out not to be. */
  readonly run: RunSegment;
  /** For all cases. */
  readonly runCarefully: RunSegment;
  /** Of the steps in it, where `run` must ask them. */
  readonly rings: readonly Ring[];
  /** All steps that elements can come to from here inside the stage, producers before consumers. */
  readonly steps: readonly StageNode[];
}

/** Makes the function for what follows one output of a node, or (node undefined) the stage's entry. */
export type SegmentCompiler = (stage: StageRuntime, node: number | undefined, tag: string) => Segment;

/** What a stage takes from its runner. */
export interface StageEnvironment {
  readonly host: Host;
  readonly store: MetricsStore;
  readonly scope: CallScope;
  readonly sideInputs: SideInputAccess;
  readonly compile: SegmentCompiler;
  readonly signal: AbortSignal;
  /** When the event loop is to have its turn: a call may give outputs without end. */
  readonly turn: { readonly isDue: () => boolean; readonly take: () => void | Promise<void> };
  /** What calls asked to be done after the commit of their bundle: see AfterCommit of the model. */
  readonly afterCommit: AfterCommit;
  /** A call is over whose result can be passed on, for runners that do not wait within a bundle. */
  readonly isOver?: () => void;
  /** Told of what goes wrong without ending the run. */
  readonly warn: (message: string) => void;
}
