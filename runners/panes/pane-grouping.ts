import {
  type BoundedWindow,
  type Coder,
  CoderError,
  ElementError,
  KeyError,
  keyEncoder,
  MAX_TIMESTAMP,
  type PaneInfo,
  type StateSpace,
  type Timestamp,
  type WindowingStrategy,
} from '../../model/index.ts';
import type { Edge, LateDrop, Operator, StepTime, Windows } from '../execution/index.ts';
import {
  type AddBatch,
  type AddToGroup,
  groupError,
  type Pair,
  type Reducer,
  type Spillable,
} from '../shuffle/index.ts';
import { treeOf } from '../triggers/index.ts';
import { AlignedPanes } from './aligned-panes.ts';
import { DefaultPanes, firesAtEndOnly } from './default-panes.ts';
import { type HeldForm, heldForm } from './held-form.ts';
import { Holds } from './holds.ts';
import { MergingPanes } from './merging-panes.ts';
import { type EmitPane, PaneMachine } from './pane-machine.ts';
import type { PaneTable, PaneTableSpec } from './pane-table.ts';

/** A smaller table is not worth emptying. */
const LEAST_BYTES = 1 << 20;

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
  readonly addPair: AddToGroup;
  readonly addBatch: AddBatch | undefined;
  readonly #spec: PaneGroupingSpec;
  readonly #machine: PaneMachine;
  readonly #held: HeldForm;
  readonly #holds: Holds;
  readonly #table: PaneTable;
  readonly #quick: DefaultPanes | undefined;

  constructor(spec: PaneGroupingSpec) {
    const { step, windowing, reducer, accumulatorCoder, codegen, time, space, emit } = spec;
    this.name = step;
    this.#spec = spec;
    this.#holds = new Holds(space('holds'));
    const { windowFn } = windowing;
    const isMerging = windowFn.merge !== undefined && !windowing.alreadyMerged;
    const tree = treeOf(windowing.trigger);
    const held = heldForm(reducer, accumulatorCoder, space('lists'));
    const machine = new PaneMachine({ step, windowing, held, tree, isMerging, time, holds: this.#holds, emit });
    const table: PaneTableSpec = { step, tree, machine, held, keys: keyEncoder({ codegen }), codegen, time, space };
    this.#held = held;
    this.#machine = machine;
    if (firesAtEndOnly(windowing)) {
      const addLate = this.#addTo.bind(this);
      this.#quick = new DefaultPanes({ ...table, windowing, reducer, accumulatorCoder, emit, addLate });
    }
    this.#table = this.#quick ?? (isMerging ? new MergingPanes(table, windowFn) : new AlignedPanes(table));
    this.addPair = this.#quick?.addPair ?? this.#addToEach.bind(this);
    this.addBatch = this.#quick?.addBatch;
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows, _pane: PaneInfo): void {
    // Elements of its input are pairs by the types of groupByKey and combinePerKey.
    const { key, value: held } = value as Pair;
    this.addPair(key, held, timestamp, windows);
  }

  flush(): void {}

  advance(budget: number): boolean {
    const { time } = this.#spec;
    let left = budget;
    while (left > 0) {
      const next = this.#table.nextEvent();
      if (next === undefined || next >= time.inputWatermark) break;
      // What has no room in memory is written before it comes out.
      this.#write(() => {
        left = this.#table.fireNext(left);
      });
    }
    return left > 0 && this.#table.fireDelays(left) > 0;
  }

  hold(): Timestamp {
    return Math.min(this.#holds.earliest(), this.#quick?.hold() ?? MAX_TIMESTAMP);
  }

  nextWakeUp(): Timestamp | undefined {
    return this.#table.nextWakeUp();
  }

  save(): void {
    this.#write(() => {
      this.#table.save();
      this.#held.save();
      this.#holds.save();
    });
  }

  bytes(): number {
    return this.#table.bytes() + this.#holds.bytes();
  }

  get canSpill(): boolean {
    return this.bytes() >= LEAST_BYTES && (this.#table.canSpill || this.#holds.canSpill);
  }

  spill(between?: () => void): void {
    this.#write(() => {
      if (this.#table.canSpill) this.#table.spill(between);
      if (this.#holds.canSpill) this.#holds.spill();
    });
  }

  #write(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      throw new ElementError(
        this.#spec.step,
        undefined,
        `what it keeps can't be saved: ${error.message.replace(/\.$/, '')}. It has to outlive the process. Group plain data, or give the combine function an accumulatorCoder.`,
        { cause: error },
      );
    }
  }

  #addToEach(key: unknown, value: unknown, timestamp: Timestamp, windows: Windows): void {
    for (const window of windows) this.#addTo(key, value, timestamp, window);
  }

  #addTo(key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow): void {
    const { step, lateDrop, closedDrop } = this.#spec;
    if (this.#machine.isExpired(window)) return lateDrop({ key, value }, timestamp);
    try {
      if (!this.#table.add(key, value, timestamp, window)) closedDrop({ key, value }, timestamp);
    } catch (error) {
      throw error instanceof KeyError ? groupError(step, error, { key, value }) : error;
    }
  }
}
