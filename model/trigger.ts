import { PipelineError } from './errors.ts';
import type { Duration } from './time.ts';

/**
 * When the panes of a window fire, as plain data (Beam model, "Triggers").
 *
 * The direct runner interprets it, other runners get it translated, tests print it.
 */
export type Trigger =
  | { readonly kind: 'default' }
  | { readonly kind: 'never' }
  | { readonly kind: 'afterWatermark'; readonly early?: Trigger | undefined; readonly late?: Trigger | undefined }
  | { readonly kind: 'afterProcessingTime'; readonly delay: Duration; readonly alignTo?: Duration | undefined }
  | { readonly kind: 'afterCount'; readonly count: number }
  | { readonly kind: 'repeatedly'; readonly trigger: Trigger }
  | { readonly kind: 'afterAny'; readonly triggers: readonly Trigger[] }
  | { readonly kind: 'afterAll'; readonly triggers: readonly Trigger[] }
  | { readonly kind: 'afterEach'; readonly triggers: readonly Trigger[] }
  | { readonly kind: 'orFinally'; readonly trigger: Trigger; readonly until: Trigger };

/** Fires when the watermark passes the end of the window, and again for each late element. */
export const defaultTrigger = (): Trigger => ({ kind: 'default' });

/** Never fires by itself: what a window holds comes out only when the window expires. */
export const never = (): Trigger => ({ kind: 'never' });

/**
 * Fires when the watermark passes the end of the window; `early` before, `late` after it.
 *
 * `early` and `late` repeat by themselves, as in Beam; an explicit {@link repeatedly} means the same.
 */
export const afterWatermark = (spec: { readonly early?: Trigger; readonly late?: Trigger } = {}): Trigger => ({
  kind: 'afterWatermark',
  early: spec.early,
  late: spec.late,
});

/** Fires `delay` after the first element of the pane arrived, in processing time. */
export function afterProcessingTime(spec: { readonly delay: Duration; readonly alignTo?: Duration }): Trigger {
  if (!(spec.delay >= 0)) {
    throw new PipelineError(
      undefined,
      `afterProcessingTime: delay is ${spec.delay} ms but must be 0 or more. The past can't fire. Pass e.g. seconds(30).`,
    );
  }
  return { kind: 'afterProcessingTime', delay: spec.delay, alignTo: spec.alignTo };
}

/** Fires when at least `count` elements arrived since the last pane. */
export function afterCount(count: number): Trigger {
  if (!Number.isInteger(count) || count < 1) {
    throw new PipelineError(
      undefined,
      `afterCount: ${count} is not a whole number of 1 or more. A pane needs an element to fire. Pass e.g. afterCount(100).`,
    );
  }
  return { kind: 'afterCount', count };
}

/** Fires each time that `trigger` would, for ever. */
export const repeatedly = (trigger: Trigger): Trigger => ({ kind: 'repeatedly', trigger });

/** Fires when the first of `triggers` does. */
export const afterAny = (...triggers: readonly Trigger[]): Trigger => ({ kind: 'afterAny', triggers });

/** Fires when all of `triggers` have. */
export const afterAll = (...triggers: readonly Trigger[]): Trigger => ({ kind: 'afterAll', triggers });

/** Fires as the first of `triggers`, then as the second, and so on. */
export const afterEach = (...triggers: readonly Trigger[]): Trigger => ({ kind: 'afterEach', triggers });

/** Fires as `trigger` until `until` fires, which is then the last firing. */
export const orFinally = (trigger: Trigger, until: Trigger): Trigger => ({ kind: 'orFinally', trigger, until });

/**
 * Whether a trigger can finish while its window still takes elements, so that later ones would be dropped.
 *
 * Such a trigger loses data; Beam refuses it unless it is asked for.
 */
export function mayFinish(trigger: Trigger): boolean {
  switch (trigger.kind) {
    case 'default':
    case 'never':
    case 'repeatedly':
      return false;
    case 'afterWatermark':
      return trigger.late === undefined;
    case 'afterProcessingTime':
    case 'afterCount':
      return true;
    case 'afterAny':
      return trigger.triggers.some(mayFinish);
    case 'afterAll':
    case 'afterEach':
      return trigger.triggers.every(mayFinish);
    case 'orFinally':
      return mayFinish(trigger.trigger) || mayFinish(trigger.until);
    default:
      return trigger satisfies never;
  }
}

/**
 * The trigger of what a grouping puts out (Beam model, "continuation trigger"): what comes out of one grouping goes through
 * the next without waiting again. Counts and delays fire at once, a sequence as any of its parts; the rest stays.
 */
export function continuationOf(trigger: Trigger): Trigger {
  const parts = (triggers: readonly Trigger[]): readonly Trigger[] => triggers.map(continuationOf);
  switch (trigger.kind) {
    case 'default':
    case 'never':
      return trigger;
    case 'afterWatermark':
      return {
        kind: 'afterWatermark',
        early: trigger.early && continuationOf(trigger.early),
        late: trigger.late && continuationOf(trigger.late),
      };
    case 'afterProcessingTime':
      return { kind: 'afterProcessingTime', delay: 0 };
    case 'afterCount':
      return { kind: 'afterCount', count: 1 };
    case 'repeatedly':
      return { kind: 'repeatedly', trigger: continuationOf(trigger.trigger) };
    case 'afterAny':
    case 'afterAll':
      return { kind: trigger.kind, triggers: parts(trigger.triggers) };
    case 'afterEach':
      return repeatedly({ kind: 'afterAny', triggers: parts(trigger.triggers) });
    case 'orFinally':
      return repeatedly(orFinally(continuationOf(trigger.trigger), continuationOf(trigger.until)));
    default:
      return trigger satisfies never;
  }
}

/** Shows a trigger as it is written. */
export function formatTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'default':
    case 'never':
      return trigger.kind;
    case 'afterWatermark': {
      const parts = [
        trigger.early && `early: ${formatTrigger(trigger.early)}`,
        trigger.late && `late: ${formatTrigger(trigger.late)}`,
      ];
      return `afterWatermark(${parts.filter(Boolean).join(', ')})`;
    }
    case 'afterProcessingTime':
      return `afterProcessingTime(${trigger.delay} ms)`;
    case 'afterCount':
      return `afterCount(${trigger.count})`;
    case 'repeatedly':
      return `repeatedly(${formatTrigger(trigger.trigger)})`;
    case 'afterAny':
    case 'afterAll':
    case 'afterEach':
      return `${trigger.kind}(${trigger.triggers.map(formatTrigger).join(', ')})`;
    case 'orFinally':
      return `orFinally(${formatTrigger(trigger.trigger)}, ${formatTrigger(trigger.until)})`;
    default:
      return trigger satisfies never;
  }
}
