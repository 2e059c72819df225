import {
  type Coder,
  KeyError,
  keyEncoder,
  type PaneInfo,
  type StateSpace,
  type Timestamp,
  type WindowingStrategy,
} from '../../model/index.ts';
import type { Edge, LateDrop, Operator, StepTime, Windows } from '../execution/index.ts';
import { groupError, type Pair, type Reducer, type Spillable } from '../shuffle/index.ts';
import { AlignedPanes } from './aligned-panes.ts';
import { copyOf } from './copy-held.ts';
import { Holds } from './holds.ts';
import { MergingPanes } from './merging-panes.ts';
import { type EmitPane, PaneMachine } from './pane-machine.ts';
import type { PaneTable, PaneTableSpec } from './pane-table.ts';
import { treeOf } from './trigger-state.ts';
import { heldCodec } from './window-panes.ts';

/** What a grouping takes from its step and its run. */
export interface PaneGroupingSpec {
  readonly step: string;
  /** That of its input. */
  readonly windowing: WindowingStrategy;
  readonly reducer: Reducer;
  readonly accumulatorCoder: Coder<unknown> | undefined;
  readonly codegen: boolean;
  readonly time: StepTime;
  /** Where it keeps what must survive a crash, or has no room in memory; what is there already is taken up. */
  readonly space: (name: string) => StateSpace | undefined;
  readonly emit: EmitPane;
  /** Told of an element whose window had expired. */
  readonly lateDrop: LateDrop;
  /** Told of an element whose window takes no more, as its trigger has finished. */
  readonly closedDrop: LateDrop;
}

/**
 * A GroupByKey or CombinePerKey that gives out panes as its trigger says: the edge that elements reach it by, and the
 * operator that fires when time has passed. docs/decisions/0015-streaming-engine.md has the rules.
 */
export class PaneGrouping implements Edge, Operator, Spillable {
  readonly name: string;
  readonly isFull = false;
  readonly #spec: PaneGroupingSpec;
  readonly #machine: PaneMachine;
  readonly #holds = new Holds();
  readonly #table: PaneTable;

  constructor(spec: PaneGroupingSpec) {
    const { step, windowing, reducer, accumulatorCoder, codegen, time, space, emit } = spec;
    this.name = step;
    this.#spec = spec;
    const { windowFn } = windowing;
    const isMerging = windowFn.merge !== undefined && !windowing.alreadyMerged;
    const tree = treeOf(windowing.trigger);
    const held = heldCodec(accumulatorCoder);
    const copy = copyOf(reducer, held);
    this.#machine = new PaneMachine({
      step,
      windowing,
      reducer,
      tree,
      isMerging,
      time,
      holds: this.#holds,
      copy,
      emit,
    });
    const machine = this.#machine;
    const table: PaneTableSpec = { step, tree, machine, held, keys: keyEncoder({ codegen }), codegen, time, space };
    this.#table = isMerging ? new MergingPanes(table, windowFn) : new AlignedPanes(table);
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows, _pane: PaneInfo): void {
    // Elements of its input are pairs by the types of groupByKey and combinePerKey.
    const { key, value: held } = value as Pair;
    this.addPair(key, held, timestamp, windows);
  }

  readonly addPair = (key: unknown, value: unknown, timestamp: Timestamp, windows: Windows): void => {
    const { step, lateDrop, closedDrop } = this.#spec;
    for (const window of windows) {
      if (this.#machine.isExpired(window)) {
        lateDrop({ key, value }, timestamp);
        continue;
      }
      try {
        if (!this.#table.add(key, value, timestamp, window)) closedDrop({ key, value }, timestamp);
      } catch (error) {
        throw error instanceof KeyError ? groupError(step, error, { key, value }) : error;
      }
    }
  };

  flush(): void {}

  advance(budget: number): boolean {
    const left = this.#table.fireDelays(this.#table.fireEvents(budget));
    return left > 0;
  }

  hold(): Timestamp {
    return this.#holds.earliest();
  }

  nextWakeUp(): Timestamp | undefined {
    return this.#table.nextWakeUp();
  }

  save(): void {}

  bytes(): number {
    return 0;
  }

  get canSpill(): boolean {
    return false;
  }

  spill(): void {}
}
