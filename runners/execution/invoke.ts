import {
  type AfterCommit,
  type AnyDoFn,
  type BoundedWindow,
  type ElementContext,
  type PaneInfo,
  PipelineError,
  type Step,
  type Timestamp,
} from '../../model/index.ts';
import type { Windows } from './batch.ts';
import { isKeyed, type KeyedAccess, type KeyedPlace, type KeyedScope } from './keyed-access.ts';
import { keyedProcess } from './keyed-calls.ts';
import { AFTER_COMMIT, type Emission } from './outputs.ts';
import type { StageNode } from './stage.ts';

/** Calls a step's function for one element. */
export type Invoke = (value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo) => unknown;

/** Marks the result of a call that was handed to the dead letters: nothing is passed on. */
export const SKIP: unique symbol = Symbol('skip');

/**
 * What a call gives whose element has left the loop over the batch: it waits in a ring, or became a dead letter. It looks
 * like a promise to the loop, and is never awaited.
 */
export const LEFT = { then: (): never => never() };

function never(): never {
  throw new Error('This is a bug in Viga: the mark of an element that left was awaited. Please report it.');
}

/** The side inputs of a call, by name; which types they have is known to the user's function only. */
export type SideInputRecord = Readonly<Record<string, unknown>>;

/** What user functions get; made new once a call may go on after it returned, reused otherwise. */
export interface CallContext extends ElementContext {
  timestamp: Timestamp;
  window: BoundedWindow;
  pane: PaneInfo;
  sideInputs: SideInputRecord;
  readonly emissions: Emission[];
  /** Of a step with state or timers: what its handles belong to. */
  readonly scope: KeyedScope | undefined;
}

const noWindow = (step: Step): never => {
  throw new PipelineError(step.path, 'an element is in no window. This is a bug in Viga; please report it.');
};

/**
 * Text of a function whose `length` does not count its second parameter: one of the rest, as wrappers have, or one with a
 * default.
 */
const MORE_PARAMETERS = /^(?:async\b\s*)?(?:function\b\s*)?\*?\s*[\w$]*\s*\(\s*(?:\.\.\.|[\w$]+\s*,)/;

/** Whether a function may look at its context: it declares more than one parameter. */
export const takesContext = (fn: { readonly length: number }): boolean =>
  fn.length > 1 || MORE_PARAMETERS.test(Function.prototype.toString.call(fn));

/**
 * Whether a node's function asks for the window, so that it is called once per window. An element in several windows is
 * one in each (Beam model), so to give it other windows is such a function.
 */
export function observesWindow({ step }: StageNode): boolean {
  const { primitive } = step;
  switch (primitive.kind) {
    case 'Map':
    case 'Filter':
    case 'FlatMap':
      return takesContext(primitive.fn) || Object.keys(primitive.traits.sideInputs).length > 0;
    case 'ParDo':
      return (
        takesContext(primitive.doFn.process) || Object.keys(primitive.traits.sideInputs).length > 0 || isKeyed(step)
      );
    case 'AssignWindows':
      return true;
    default:
      return false;
  }
}

/** What an {@link Invoker} takes from the running stage. */
export interface InvokerEnvironment {
  readonly sideInputs: (window: BoundedWindow) => SideInputRecord;
  readonly resource: () => unknown;
  /** Of a step with state or timers. */
  readonly keyed: (() => KeyedAccess | undefined) | undefined;
}

/** Calls one step's function with its context. */
export class Invoker {
  readonly call: Invoke;
  // Made at the first call, when `setup` has given the resource that it holds.
  #made: CallContext | undefined;
  readonly #make: () => CallContext;
  readonly #environment: InvokerEnvironment;
  readonly #hasSideInputs: boolean;
  #sideWindow: BoundedWindow | undefined;
  #sideRecord: SideInputRecord = {};

  constructor(node: StageNode, environment: InvokerEnvironment) {
    this.#environment = environment;
    this.#hasSideInputs = hasSideInputs(node);
    const { primitive } = node.step;
    const tags = primitive.kind === 'ParDo' ? Object.keys(primitive.doFn.outputs ?? {}) : [];
    this.#make = () => makeContext(environment, tags);
    this.call = this.#callOf(node);
  }

  get #context(): CallContext {
    this.#made ??= this.#make();
    return this.#made;
  }

  /** Takes what the last call emitted to additional outputs. */
  takeEmissions(): readonly Emission[] {
    const { emissions } = this.#context;
    return emissions.length === 0 ? emissions : emissions.splice(0);
  }

  /** Gives the context away to a call that goes on, and makes a new one for the calls after it. */
  release(): CallContext {
    const released = this.#context;
    released.scope?.detach();
    this.#made = undefined;
    return released;
  }

  /** The context for a call that no element is given to; whether it begins is the caller's business. */
  contextAt({ timestamp, windows }: KeyedPlace): CallContext {
    const context = this.#context;
    context.timestamp = timestamp;
    context.window = windows[0] ?? context.window;
    return context;
  }

  /** Most calls that follow each other are in the same window. */
  #sideInputs(window: BoundedWindow): SideInputRecord {
    if (window !== this.#sideWindow) {
      this.#sideRecord = this.#environment.sideInputs(window);
      this.#sideWindow = window;
    }
    return this.#sideRecord;
  }

  #callOf(node: StageNode): Invoke {
    const { primitive } = node.step;
    switch (primitive.kind) {
      case 'Map':
      case 'Filter':
      case 'FlatMap': {
        const { fn } = primitive;
        // Without a second parameter the function never looks at what the context would be.
        if (!observesWindow(node)) return fn as unknown as Invoke;
        return (value, timestamp, windows, pane) => fn(value, this.#fill(node, timestamp, windows, pane));
      }
      case 'MapValues': {
        const { fn } = primitive;
        // Its input is a collection of key-value pairs by the type of mapValues.
        return (pair) => fn((pair as { value: unknown }).value, (pair as { key: unknown }).key);
      }
      case 'ParDo': {
        const { doFn }: { doFn: AnyDoFn } = primitive;
        if (this.#environment.keyed !== undefined) {
          return keyedProcess(doFn, (timestamp, windows, pane) => this.#fill(node, timestamp, windows, pane));
        }
        return (value, timestamp, windows, pane) =>
          // What a DoFn declared is on the object; which names that are is known to the user's types only.
          doFn.process(
            value,
            this.#fill(node, timestamp, windows, pane) as unknown as Parameters<AnyDoFn['process']>[1],
          );
      }
      default:
        return (value) => value;
    }
  }

  #fill(node: StageNode, timestamp: Timestamp, windows: Windows, pane: PaneInfo): CallContext {
    const context = this.#context;
    context.timestamp = timestamp;
    context.window = windows[0] ?? noWindow(node.step);
    context.pane = pane;
    if (this.#hasSideInputs) context.sideInputs = this.#sideInputs(context.window);
    return context;
  }
}

function hasSideInputs({ step: { primitive } }: StageNode): boolean {
  return 'traits' in primitive && Object.keys(primitive.traits.sideInputs).length > 0;
}

function makeContext({ resource, keyed }: InvokerEnvironment, tags: readonly string[]): CallContext {
  const emissions: Emission[] = [];
  const emit: Record<string, (value: unknown, timestamp?: Timestamp) => void> = Object.create(null);
  for (const tag of tags) {
    // Gives nothing back: `process` may return what it returns.
    emit[tag] = (value, timestamp) => {
      emissions.push({ tag, value, timestamp });
    };
  }
  const scope = keyed?.()?.scope();
  // Given out like an element, so that a call that failed leaves no trace of it.
  const afterCommit: AfterCommit = (callback) => {
    emissions.push({ tag: AFTER_COMMIT, value: callback, timestamp: undefined });
  };
  const context = {
    timestamp: 0,
    // Filled before each call.
    window: undefined as unknown as BoundedWindow,
    pane: undefined as unknown as PaneInfo,
    sideInputs: {},
    emissions,
    emit,
    resource: resource(),
    afterCommit,
    scope,
    state: scope?.state,
    timers: scope?.timers,
  };
  return context;
}
