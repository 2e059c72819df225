// A grouping told step by step what elements come and how far time is: a schedule as small as can be.
import {
  type BoundedWindow,
  type CombineFn,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type PaneInfo,
  type StateStore,
  type Timestamp,
  type WindowingStrategy,
  windowingStrategy,
  windowKey,
  type AnyWindowFn,
  type Firing,
} from '../../../model/index.ts';
import type { StepTime } from '../../../runners/execution/index.ts';
import { PaneGrouping } from '../../../runners/panes/index.ts';
import { reducerOf } from '../../../runners/shuffle/index.ts';

/** Where code may not be generated, no test tries to. */
export const MAY_GENERATE = process.env['VIGA_CODEGEN'] !== 'off';

/** What happens next. */
export type Event =
  | { readonly kind: 'add'; readonly key: unknown; readonly value: unknown; readonly timestamp: Timestamp }
  | { readonly kind: 'watermark'; readonly to: Timestamp }
  | { readonly kind: 'clock'; readonly to: Timestamp }
  /** What has changed is saved. */
  | { readonly kind: 'save' }
  /** The same, and is taken up by a new grouping. */
  | { readonly kind: 'restart' }
  /** What is in memory goes to disk. */
  | { readonly kind: 'spill' };

export const add = (key: unknown, value: unknown, timestamp: Timestamp): Event => ({
  kind: 'add',
  key,
  value,
  timestamp,
});
export const watermark = (to: Timestamp): Event => ({ kind: 'watermark', to });
export const clock = (to: Timestamp): Event => ({ kind: 'clock', to });
export const end: Event = { kind: 'watermark', to: MAX_TIMESTAMP };
export const save: Event = { kind: 'save' };
export const restart: Event = { kind: 'restart' };
export const spill: Event = { kind: 'spill' };

/** A pane that came out. */
export interface Fired {
  readonly key: unknown;
  readonly value: unknown;
  readonly window: string;
  readonly timestamp: Timestamp;
  readonly pane: PaneInfo;
}

// oxlint-disable-next-line no-explicit-any -- each test has elements of its own.
export type AnyCombineFn = CombineFn<any, any, any>;

export interface ScriptOptions {
  readonly fn?: AnyCombineFn | undefined;
  /** Opened for each grouping; without one nothing is saved. */
  readonly store?: (() => StateStore) | undefined;
  /** Outputs asked for at a time; then what there is is saved, and every other time taken up by a new grouping. */
  readonly restartAfter?: number;
  readonly codegen?: boolean;
}

/** How a grouping is used over its life: told of elements and time, ended and begun again. */
export class Script {
  readonly fired: Fired[] = [];
  readonly late: unknown[] = [];
  readonly closed: unknown[] = [];
  readonly time: StepTime = { inputWatermark: MIN_TIMESTAMP, outputWatermark: MIN_TIMESTAMP, processingTime: 0 };
  readonly #windowing: WindowingStrategy;
  readonly #options: ScriptOptions;
  readonly #lists = new Map<string, readonly BoundedWindow[]>();
  #store: StateStore | undefined;
  #grouping: PaneGrouping;
  #epoch = 0;

  constructor(windowing: WindowingStrategy, options: ScriptOptions = {}) {
    this.#windowing = windowing;
    this.#options = options;
    this.#grouping = this.#open();
  }

  get grouping(): PaneGrouping {
    return this.#grouping;
  }

  async tell(...events: readonly Event[]): Promise<this> {
    for (const event of events) await this.#tell(event);
    return this;
  }

  async #tell(event: Event): Promise<void> {
    switch (event.kind) {
      case 'add': {
        const { key, value, timestamp } = event;
        const none = { timing: 'UNKNOWN', index: 0, onTimeIndex: 0, isFirst: true, isLast: true } as const;
        this.#grouping.add({ key, value }, timestamp, this.#windowsOf(value, timestamp), none);
        return;
      }
      case 'watermark':
        this.time.inputWatermark = event.to;
        return this.#advance();
      case 'clock':
        this.time.processingTime = event.to;
        return this.#advance();
      case 'save':
        return this.#save();
      case 'restart':
        return this.#restart();
      case 'spill':
        this.#grouping.spill();
        return;
      default:
        event satisfies never;
    }
  }

  async #advance(): Promise<void> {
    const { restartAfter } = this.#options;
    for (let i = 0; !this.#grouping.advance(restartAfter ?? 1_000); i++) {
      if (restartAfter === undefined) continue;
      if (i % 2 === 0) await this.#save();
      else await this.#restart();
    }
    const { time } = this;
    time.outputWatermark = Math.max(time.outputWatermark, Math.min(time.inputWatermark, this.#grouping.hold()));
  }

  async #restart(): Promise<void> {
    await this.#save();
    this.#store?.close();
    this.#grouping = this.#open();
  }

  async #save(): Promise<void> {
    this.#grouping.save();
    this.#epoch++;
    await this.#store?.commit(this.#epoch);
  }

  #open(): PaneGrouping {
    const { fn, store, codegen = MAY_GENERATE } = this.#options;
    const opened = store?.();
    this.#store = opened;
    return new PaneGrouping({
      step: 'Group',
      windowing: this.#windowing,
      reducer: reducerOf(fn, codegen),
      accumulatorCoder: fn?.accumulatorCoder,
      codegen,
      time: this.time,
      space: (name) => opened?.space(name),
      emit: (output, timestamp, windows, pane) => {
        const { key, value } = output as { key: unknown; value: unknown };
        const [window] = windows as readonly [BoundedWindow];
        this.fired.push({ key, value, window: windowKey(window), timestamp, pane });
      },
      lateDrop: (element) => this.late.push((element as { value: unknown }).value),
      closedDrop: (element) => this.closed.push((element as { value: unknown }).value),
    });
  }

  /** Equal windows as one list, as they come in a run. */
  #windowsOf(value: unknown, timestamp: Timestamp): readonly BoundedWindow[] {
    const windows: readonly BoundedWindow[] = this.#windowing.windowFn.assign(timestamp, value);
    const name = windows.map(windowKey).join(' ');
    const known = this.#lists.get(name) ?? windows;
    this.#lists.set(name, known);
    return known;
  }
}

/** The panes of a script, shortly: what they hold, and their timing with index and onTimeIndex, `!` behind the last. */
export async function panesOf(
  windowFn: AnyWindowFn,
  firing: Firing,
  events: readonly Event[],
  options: ScriptOptions = {},
): Promise<readonly string[]> {
  const script = new Script(windowingStrategy('Window', windowFn, firing), options);
  await script.tell(...events);
  return script.fired.map(show);
}

const show = ({ key, value, pane: { timing, index, onTimeIndex, isFirst, isLast } }: Fired): string =>
  `${String(key)} ${JSON.stringify(value)} ${timing} ${index} ${onTimeIndex}${isFirst === (index === 0) ? '' : '?'}${isLast ? ' last' : ''}`;
