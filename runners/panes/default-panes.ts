import type { BoundedWindow, Coder, PaneInfo, Timestamp, WindowingStrategy } from '../../model/index.ts';
import { type AddBatch, type AddToGroup, combineError, type Reducer } from '../shuffle/index.ts';
import { AlignedPanes } from './aligned-panes.ts';
import { heldCoder } from './held-form.ts';
import type { EmitPane, PaneMachine } from './pane-machine.ts';
import type { PaneTable, PaneTableSpec } from './pane-table.ts';
import { plainForm, savedForm } from './slot-form.ts';
import type { OpenWindow } from './slot-firing.ts';
import { SlotPanes } from './slot-panes.ts';
import { SlotRows } from './slot-rows.ts';
import { NOTHING } from './window-panes.ts';

/** Where the quick way can be taken: no element makes a pane fire before its window is over. */
export const firesAtEndOnly = ({ windowFn, alreadyMerged, trigger, timestampCombiner }: WindowingStrategy): boolean =>
  trigger.kind === 'default' &&
  timestampCombiner === 'end-of-window' &&
  (windowFn.merge === undefined || alreadyMerged);

/** What the default trigger needs besides what all triggers do. */
export interface DefaultPanesSpec extends PaneTableSpec {
  readonly windowing: WindowingStrategy;
  readonly reducer: Reducer;
  readonly accumulatorCoder: Coder<unknown> | undefined;
  readonly emit: EmitPane;
  /** Takes an element of a window that is over: it may be expired. */
  readonly addLate: (key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow) => void;
}

/**
 * The default trigger without work for each element: what a window has lies in slots until it is over. Then it is given out,
 * and where late elements may come, goes on like the panes of any trigger.
 */
export class DefaultPanes implements PaneTable {
  readonly addPair: AddToGroup;
  readonly addBatch: AddBatch;
  readonly #spec: DefaultPanesSpec;
  readonly #machine: PaneMachine;
  readonly #slots: SlotPanes;
  /** Windows that are over. */
  readonly #rest: AlignedPanes;

  constructor(spec: DefaultPanesSpec) {
    const { step, reducer, accumulatorCoder, keys, codegen, time, space, addLate, machine } = spec;
    this.#spec = spec;
    this.#machine = machine;
    this.#rest = new AlignedPanes(spec);
    const saved = space('slots');
    const runs = space('runs');
    const counter = space('next-run');
    const isSaved = saved !== undefined && runs !== undefined && counter !== undefined;
    this.#slots = new SlotPanes({
      step,
      reducer,
      form: isSaved ? savedForm(reducer, codegen) : plainForm(reducer),
      rows: isSaved ? new SlotRows({ saved, runs, counter }, heldCoder(accumulatorCoder)) : undefined,
      keys,
      codegen,
      time,
      addLate,
      give: (key, kept, open, pane) => this.#give(key, kept, open, pane),
      isExpired: (window) => machine.isExpired(window),
    });
    this.addPair = this.#slots.addPair;
    this.addBatch = this.#slots.addBatch;
  }

  add(key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow): boolean {
    return this.#rest.add(key, value, timestamp, window);
  }

  /** What is in slots comes out at the end of its window. */
  hold(): Timestamp | undefined {
    return this.#slots.nextEvent();
  }

  nextEvent(): Timestamp | undefined {
    const slots = this.#slots.nextEvent();
    const rest = this.#rest.nextEvent();
    return slots === undefined || (rest !== undefined && rest < slots) ? rest : slots;
  }

  fireNext(budget: number): number {
    const slots = this.#slots.nextEvent();
    const isFirst = slots !== undefined && slots === this.nextEvent();
    return isFirst ? this.#slots.fireNext(budget) : this.#rest.fireNext(budget);
  }

  nextWakeUp(): undefined {
    return undefined;
  }

  fireDelays(budget: number): number {
    return budget;
  }

  save(): void {
    this.#slots.save();
    this.#rest.save();
  }

  bytes(): number {
    return this.#slots.bytes() + this.#rest.bytes();
  }

  get canSpill(): boolean {
    return this.#slots.canSpill || this.#rest.canSpill;
  }

  spill(): void {
    this.#slots.spill();
    this.#rest.spill();
  }

  #give(key: unknown, kept: unknown, { window, windows }: OpenWindow, pane: PaneInfo): void {
    const { windowing, held, emit } = this.#spec;
    const goesOn = windowing.accumulationMode === 'accumulating' && !pane.isLast;
    const lasting = goesOn ? held.from(kept) : NOTHING;
    emit({ key, value: this.#valueOf(kept, lasting) }, window.maxTimestamp, windows, pane);
    if (pane.isLast) return;
    const panes = this.#machine.begin(window);
    panes.fired = 1;
    panes.firedNotEarly = 1;
    panes.held = lasting;
    this.#rest.put(key, window, panes);
  }

  #valueOf(kept: unknown, lasting: unknown): unknown {
    const { step, reducer, held } = this.#spec;
    try {
      return lasting === NOTHING ? reducer.finish(kept) : held.valueOf(lasting, true);
    } catch (error) {
      throw combineError(step, error, kept);
    }
  }
}
