import { checkTrigger } from './check-trigger.ts';
import { PipelineError, showValue } from './errors.ts';
import type { Duration } from './time.ts';
import { continuationOf, defaultTrigger, formatTrigger, mayFinish, type Trigger } from './trigger.ts';
import { type AnyWindowFn, globalWindows } from './window-fn.ts';

/** Whether a pane holds what came since the last pane, or all since the window opened. */
export type AccumulationMode = 'discarding' | 'accumulating';

/** Which timestamp a group gets from those of its elements. */
export type TimestampCombiner = 'end-of-window' | 'earliest' | 'latest';

/** How the elements of a collection are windowed, and when and how grouped panes come out. */
export interface WindowingStrategy {
  readonly windowFn: AnyWindowFn;
  readonly trigger: Trigger;
  readonly accumulationMode: AccumulationMode;
  readonly allowedLateness: Duration;
  readonly timestampCombiner: TimestampCombiner;
  /** Whether a window that has nothing new still fires a last pane when it closes. */
  readonly closingBehavior: 'emit-if-nonempty' | 'emit-always';
  /** Whether the on-time pane fires even when it is empty. */
  readonly onTimeBehavior: 'fire-always' | 'fire-if-nonempty';
  /** After a grouping the windows of merging window functions are final and no longer merge. */
  readonly alreadyMerged: boolean;
}

interface FiringBase {
  /** How long after the end of its window an element is still taken. Default 0. */
  readonly allowedLateness?: Duration;
  /** Default `'end-of-window'`. */
  readonly timestampCombiner?: TimestampCombiner;
  readonly closingBehavior?: WindowingStrategy['closingBehavior'];
  readonly onTimeBehavior?: WindowingStrategy['onTimeBehavior'];
}

/**
 * When and how panes fire. A trigger without an accumulation mode does not compile: no default is right for both.
 */
export type Firing =
  | (FiringBase & { readonly trigger?: never; readonly accumulationMode?: never })
  | (FiringBase & {
      readonly trigger: Trigger;
      readonly accumulationMode: AccumulationMode;
      /** Accept a trigger that can finish and then drops what still comes for its window. Default false. */
      readonly allowDataLoss?: boolean;
    });

/** Where every collection starts: the global window, one pane at the end of input. */
export const DEFAULT_WINDOWING: WindowingStrategy = {
  windowFn: globalWindows(),
  trigger: defaultTrigger(),
  accumulationMode: 'discarding',
  allowedLateness: 0,
  timestampCombiner: 'end-of-window',
  closingBehavior: 'emit-if-nonempty',
  onTimeBehavior: 'fire-always',
  alreadyMerged: false,
};

/**
 * The strategy that `windowInto(windowFn, firing)` makes.
 *
 * @throws PipelineError for a negative lateness, a choice that there is not, what is no trigger, or one that would lose data
 * without `allowDataLoss`.
 */
export function windowingStrategy(step: string, windowFn: AnyWindowFn, firing: Firing): WindowingStrategy {
  const { allowedLateness = 0 } = firing;
  if (!(allowedLateness >= 0)) {
    throw new PipelineError(
      step,
      `allowedLateness is ${allowedLateness} ms but must be 0 or more. Panes after the window would never fire. Pass e.g. minutes(5), or leave it out.`,
    );
  }
  if (firing.trigger !== undefined) checkTrigger(step, firing.trigger);
  checkMode(step, firing.trigger, firing.accumulationMode);
  checkChoices(step, firing);
  if (firing.trigger !== undefined && mayFinish(firing.trigger) && !firing.allowDataLoss) {
    const finishesAtEnd = firing.trigger.kind === 'afterWatermark' && allowedLateness === 0;
    if (!finishesAtEnd) {
      throw new PipelineError(
        step,
        `the trigger ${formatTrigger(firing.trigger)} can finish while its window still takes elements. Those that come later would be dropped. Wrap it in repeatedly(...), or pass allowDataLoss: true.`,
      );
    }
  }
  return {
    windowFn,
    trigger: firing.trigger ?? defaultTrigger(),
    accumulationMode: firing.accumulationMode ?? 'discarding',
    allowedLateness,
    timestampCombiner: firing.timestampCombiner ?? 'end-of-window',
    closingBehavior: firing.closingBehavior ?? 'emit-if-nonempty',
    onTimeBehavior: firing.onTimeBehavior ?? 'fire-always',
    alreadyMerged: false,
  };
}

function checkMode(step: string, trigger: Trigger | undefined, mode: AccumulationMode | undefined): void {
  if (mode === 'discarding' || mode === 'accumulating' || (mode === undefined && trigger === undefined)) return;
  throw new PipelineError(
    step,
    `accumulationMode is ${showValue(mode)}${trigger === undefined ? '' : ` beside the trigger ${formatTrigger(trigger)}`}. It says whether a pane repeats what earlier ones held. Pass 'discarding' or 'accumulating'.`,
  );
}

/** What can be chosen besides the trigger. */
const CHOICES = {
  timestampCombiner: ['end-of-window', 'earliest', 'latest'],
  closingBehavior: ['emit-if-nonempty', 'emit-always'],
  onTimeBehavior: ['fire-always', 'fire-if-nonempty'],
} as const satisfies { readonly [N in keyof WindowingStrategy]?: readonly WindowingStrategy[N][] };

function checkChoices(step: string, firing: Firing): void {
  for (const [name, known] of Object.entries(CHOICES)) {
    const choice: unknown = firing[name as keyof typeof CHOICES]; // its entries
    if (choice === undefined || known.some((one) => one === choice)) continue;
    throw new PipelineError(
      step,
      `${name} is ${showValue(choice)}. What panes would do is not known. Pass '${known.join("' or '")}', or leave it out for '${known[0]}'.`,
    );
  }
}

/** Whether no pane of an endless collection would ever fire: the end of the global window does not come. */
export const waitsForEver = ({ windowFn, trigger }: WindowingStrategy): boolean =>
  windowFn.spec.kind === DEFAULT_WINDOWING.windowFn.spec.kind && trigger.kind === 'default';

/**
 * The strategy of what a grouping puts out: with the continuation of its trigger, and with windows that are final (Beam:
 * those of merging functions merge no more after a GroupByKey).
 */
export function afterGrouping(strategy: WindowingStrategy): WindowingStrategy {
  const alreadyMerged = strategy.alreadyMerged || strategy.windowFn.merge !== undefined;
  const trigger = continuationOf(strategy.trigger);
  if (trigger === strategy.trigger && alreadyMerged === strategy.alreadyMerged) return strategy;
  return { ...strategy, trigger, alreadyMerged };
}
