// Pipelines whose functions, sources and sinks are watched, and one of whose calls fails.
import type { AnyDoFn, Graph, Pipeline, Primitive, Sink, Step } from '../../model/index.ts';

/** What can be called in a step. */
export type Phase =
  | 'call'
  | 'combine'
  | 'read'
  | 'setup'
  | 'bundle'
  | 'teardown'
  | 'open'
  | 'write'
  | 'prepare'
  | 'commit'
  | 'abort';

export interface Event {
  readonly step: string;
  readonly phase: Phase;
}

/** What happens at the call of a pipeline that is to fail. */
export interface Plot {
  /** Which call it is; later calls of the same place fail as well. */
  readonly at: number;
  readonly how: 'throw' | 'reject' | 'abort';
}

export class SabotageError extends Error {}

type AnyFunction = (...parameters: never[]) => unknown;

/** Keeps all calls of user code, and makes one fail. */
export class Saboteur {
  readonly events: Event[] = [];
  readonly abort = new AbortController();
  /** Where it struck. */
  struck: Event | undefined;
  readonly #plot: Plot;

  constructor(plot: Plot) {
    this.#plot = plot;
  }

  /** The pipeline with all its user code watched. */
  watch(pipeline: Pipeline): Pipeline {
    const graph: Graph = {
      steps: pipeline.graph.steps.map((step) => ({ ...step, primitive: this.#primitive(step) })),
    };
    return Object.create(pipeline, { graph: { value: graph } });
  }

  count(phase: Phase): number {
    return this.events.filter((event) => event.phase === phase).length;
  }

  #primitive({ path, primitive }: Step): Primitive {
    const mayFail = !('traits' in primitive && (primitive.traits.retry || primitive.traits.hasDeadLetters));
    switch (primitive.kind) {
      case 'Map':
      case 'Filter':
      case 'FlatMap':
      case 'MapValues':
      case 'KeyBy':
      case 'WithTimestamps': {
        const isAsync = primitive.kind !== 'KeyBy' && primitive.kind !== 'WithTimestamps';
        // It takes and gives what the function does.
        const fn = this.#watched(path, 'call', primitive.fn, { isAsync, mayFail });
        return { ...primitive, fn } as Primitive;
      }
      case 'ParDo':
        return { ...primitive, doFn: this.#doFn(path, primitive.doFn, mayFail) };
      case 'Read': {
        const { source } = primitive;
        return { ...primitive, source: { ...source, read: this.#watched(path, 'read', source.read) } };
      }
      case 'SplittableParDo': {
        const { reader } = primitive;
        return { ...primitive, reader: { ...reader, read: this.#watched(path, 'read', reader.read) } };
      }
      case 'CombinePerKey': {
        const { addInput, extractOutput, mergeAccumulators } = primitive.fn;
        const watched = <F extends AnyFunction>(fn: F) => this.#watched(path, 'combine', fn, { isAsync: false });
        const parts = [watched(addInput), watched(extractOutput), watched(mergeAccumulators)] as const;
        return {
          ...primitive,
          fn: { ...primitive.fn, addInput: parts[0], extractOutput: parts[1], mergeAccumulators: parts[2] },
        };
      }
      case 'AssignWindows': {
        const { windowFn } = primitive;
        const assign = this.#watched(path, 'call', windowFn.assign, { isAsync: false });
        // Not one of Viga's own any more, which are never called.
        return { ...primitive, windowFn: { ...windowFn, spec: { kind: 'custom' }, assign } };
      }
      case 'Write':
        return { ...primitive, sink: this.#sink(path, primitive.sink) };
      default:
        return primitive;
    }
  }

  #doFn(path: string, doFn: AnyDoFn, mayFail: boolean): AnyDoFn {
    const { setup, startBundle, finishBundle, teardown } = doFn;
    return {
      ...doFn,
      process: this.#watched(path, 'call', doFn.process, { isAsync: true, mayFail }),
      // All DoFns have both, so that what was set up can be told from what was torn down.
      setup: this.#watched(path, 'setup', setup ?? (() => undefined)),
      teardown: this.#watched(path, 'teardown', teardown ?? (() => undefined), { isAsync: false, mayFail: false }),
      ...(startBundle && { startBundle: this.#watched(path, 'bundle', startBundle) }),
      ...(finishBundle && { finishBundle: this.#watched(path, 'bundle', finishBundle) }),
    };
  }

  #sink(path: string, sink: Sink<unknown>): Sink<unknown> {
    return {
      ...sink,
      open: this.#watched(path, 'open', async (context) => {
        const { write, prepare, abort } = await sink.open(context);
        return {
          write: this.#watched(path, 'write', write),
          prepare: this.#watched(path, 'prepare', prepare),
          abort: this.#watched(path, 'abort', abort, { isAsync: true, mayFail: false }),
        };
      }),
      commit: this.#watched(path, 'commit', sink.commit),
    };
  }

  /** The function, its calls kept, and failing when it is its turn. The engine looks at how many parameters there are. */
  #watched<F extends AnyFunction>(step: string, phase: Phase, fn: F, { isAsync = true, mayFail = true } = {}): F {
    const watched = (...parameters: Parameters<F>): unknown => {
      const event = { step, phase };
      this.events.push(event);
      if (mayFail && this.#isTurn(event)) {
        this.struck ??= event;
        if (this.#plot.how === 'abort') this.abort.abort();
        else if (this.#plot.how === 'reject' && isAsync) {
          return new Promise(setImmediate).then(() => Promise.reject(new SabotageError(`struck ${phase}`)));
        } else throw new SabotageError(`struck ${phase}`);
      }
      return fn(...parameters);
    };
    Object.defineProperty(watched, 'length', { value: fn.length });
    return watched as F;
  }

  #isTurn({ step, phase }: Event): boolean {
    if (this.struck === undefined) return this.events.length > this.#plot.at;
    return this.#plot.how !== 'abort' && this.struck.step === step && this.struck.phase === phase;
  }
}
