import type { AnyDoFn } from './do-fn.ts';
import { PipelineError, showValue } from './errors.ts';
import { MAIN } from './graph.ts';
import type { PCollection } from './pcollection.ts';
import { STATE_KINDS, type StateSpec } from './state.ts';
import { TIMER_DOMAINS, type TimerSpec } from './timer.ts';
import { checkCombineFn } from './check-arguments.ts';

// A DoFn is an object that its author writes: what it declares is looked at where the step is made.

/** The functions that a DoFn may have besides `process`. */
const PARTS = ['setup', 'startBundle', 'finishBundle', 'teardown', 'onWindowExpiration'] as const;

/** @throws PipelineError for a DoFn that can't run as it is. */
export function checkDoFn(step: string, input: PCollection<unknown>, doFn: AnyDoFn): void {
  const bad = Object.keys(doFn.outputs ?? {}).find((tag) => tag === MAIN || tag.includes(':') || tag === '');
  if (bad !== undefined) {
    throw new PipelineError(
      step,
      `'${bad}' can't name an output. '${MAIN}' is what process yields, and ':' is kept for Viga's own. Choose another tag.`,
    );
  }
  for (const part of PARTS) checkPart(step, part, doFn[part]);
  checkStates(step, doFn);
  checkTimers(step, doFn);
  checkSkew(step, doFn);
  refuseMerging(step, input, doFn);
}

function checkPart(step: string, name: string, part: unknown): void {
  if (part === undefined || typeof part === 'function') return;
  throw new PipelineError(
    step,
    `its ${name} is ${showValue(part)}. It is called when its time comes. Give a function, or leave it out.`,
  );
}

function checkStates(step: string, { state }: AnyDoFn): void {
  // Its specs, whose types are forgotten.
  for (const [name, spec] of Object.entries((state ?? {}) as Readonly<Record<string, unknown>>)) {
    const { kind, combineFn } = Object(spec) as Partial<StateSpec<unknown>>;
    if (kind === undefined || typeof spec === 'function' || !STATE_KINDS.includes(kind)) {
      throw new PipelineError(
        step,
        `the state '${name}' is ${showValue(spec)}. How it is kept is not known. Declare it with e.g. valueState(), bagState() or combiningState(sum).`,
      );
    }
    if (kind === 'combining') checkCombineFn(step, combineFn as never); // what it is, is what is checked
  }
}

function checkTimers(step: string, { timers, onTimer }: AnyDoFn): void {
  // Its specs and functions, whose types are forgotten.
  const specs = (timers ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, spec] of Object.entries(specs)) {
    checkTimer(step, name, spec);
    const handler: unknown = onTimer !== undefined && Object.hasOwn(onTimer, name) ? onTimer[name] : undefined;
    if (typeof handler === 'function') continue;
    throw new PipelineError(
      step,
      `it declares the timer '${name}', and onTimer has ${handler === undefined ? 'no function' : showValue(handler)} for it. When it fires nothing could be done. Give onTimer: { ${name}(context) { ... } }, or do not declare the timer.`,
    );
  }
  const other = Object.keys(onTimer ?? {}).find((name) => !Object.hasOwn(specs, name));
  if (other === undefined) return;
  throw new PipelineError(
    step,
    `onTimer has a function for '${other}', and no timer of this name is declared. It would never be called. Give timers: { ${other}: eventTimer() }, or leave the function out.`,
  );
}

function checkTimer(step: string, name: string, spec: unknown): void {
  const { kind, domain } = Object(spec) as Partial<TimerSpec>;
  if (kind !== 'timer' || domain === undefined || !TIMER_DOMAINS.includes(domain)) {
    throw new PipelineError(
      step,
      `the timer '${name}' is ${showValue(spec)}. By which time it fires is not known. Declare it with eventTimer() or processingTimer().`,
    );
  }
  if (!name.startsWith('viga:')) return;
  throw new PipelineError(
    step,
    `'${name}' can't name a timer. Names that begin with viga: are Viga's own. Choose another name.`,
  );
}

function checkSkew(step: string, { allowedTimestampSkew: skew = 0 }: AnyDoFn): void {
  if (skew >= 0) return;
  throw new PipelineError(
    step,
    `allowedTimestampSkew is ${String(skew)} ms but must be 0 or more. It is how far back outputs may lie. Pass e.g. seconds(10), or leave it out.`,
  );
}

function refuseMerging(step: string, { windowing }: PCollection<unknown>, doFn: AnyDoFn): void {
  const { state, timers, onWindowExpiration, requiresTimeSortedInput } = doFn;
  const isKeyed = state !== undefined || timers !== undefined || onWindowExpiration !== undefined;
  if (!isKeyed && !requiresTimeSortedInput) return;
  if (windowing.windowFn.merge === undefined || windowing.alreadyMerged) return;
  throw new PipelineError(
    step,
    `it has state or timers, or keeps elements until their time, and its input has merging windows (${windowing.windowFn.name}). State of windows that become one can't be merged. Group first, or use windows that do not merge.`,
  );
}
