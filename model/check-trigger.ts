import { PipelineError, showValue } from './errors.ts';
import type { Trigger } from './trigger.ts';

/** @throws PipelineError for a trigger that is none, has no parts, or waits for no known instant. */
export function checkTrigger(step: string, trigger: Trigger): void {
  switch (kindOf(trigger)) {
    case 'default':
    case 'never':
    case 'afterCount':
      return;
    case 'afterProcessingTime':
      return checkAlignment(step, trigger as OfKind<'afterProcessingTime'>);
    default:
      return partsOf(step, trigger).forEach((part) => checkTrigger(step, part));
  }
}

type OfKind<Kind extends Trigger['kind']> = Extract<Trigger, { kind: Kind }>;

/** Programs without types pass what is no trigger at all. */
const kindOf = (trigger: Trigger | undefined): Trigger['kind'] | undefined =>
  typeof trigger === 'object' ? trigger?.kind : undefined;

function partsOf(step: string, trigger: Trigger): readonly Trigger[] {
  if (kindOf(trigger) !== undefined) {
    switch (trigger.kind) {
      case 'afterWatermark':
        return [trigger.early, trigger.late].filter((part) => part !== undefined);
      case 'repeatedly':
        return [trigger.trigger];
      case 'orFinally':
        return [trigger.trigger, trigger.until];
      case 'afterAny':
      case 'afterAll':
      case 'afterEach':
        if (trigger.triggers.length > 0) return trigger.triggers;
        throw new PipelineError(
          step,
          `its trigger has ${trigger.kind}() without a trigger in it. There is nothing that could make a pane fire. Pass one or more, e.g. ${trigger.kind}(afterCount(100), afterWatermark()).`,
        );
      default:
    }
  }
  throw new PipelineError(
    step,
    `its trigger, or a part of it, is ${showValue(trigger)}. When panes fire is not known. Pass e.g. afterWatermark({ late: afterCount(1) }) or repeatedly(afterCount(100)).`,
  );
}

function checkAlignment(step: string, { alignTo }: OfKind<'afterProcessingTime'>): void {
  if (alignTo === undefined || (Number.isFinite(alignTo) && alignTo > 0)) return;
  throw new PipelineError(
    step,
    `alignTo of afterProcessingTime is ${String(alignTo)} ms but must be above 0. Panes fire at multiples of it. Pass e.g. minutes(1), or leave it out.`,
  );
}
