import type { Host } from '../../model/index.ts';
import type { Batch } from './batch.ts';
import type { CallScope, MetricsStore } from './metrics.ts';
import type { SideInputAccess } from './stage.ts';
import type { StageRuntime } from './stage-runtime.ts';

/** Runs elements of a batch from an index through a part of the stage; returns the index where it stopped. */
export type Segment = (batch: Batch, from: number) => number;

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
  /** Told of what goes wrong without ending the run. */
  readonly warn: (message: string) => void;
}
