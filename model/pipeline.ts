import { type Graph, type NameScope as Scope, NameScope, type Primitive, type Step, type StepName } from './graph.ts';
import { PipelineError, showValue } from './errors.ts';
import { PCollection } from './pcollection.ts';
import type { PipelineResult, Runner, RunOptions } from './runner.ts';
import type { WindowingStrategy } from './windowing-strategy.ts';

/** What a transform can start from: the pipeline itself. */
export type PBegin = Pipeline;

/** The end of a branch: a transform that writes and has no output. */
export class PDone {
  readonly pipeline: Pipeline;

  constructor(pipeline: Pipeline) {
    this.pipeline = pipeline;
  }
}

/** What transforms take and give. */
// oxlint-disable-next-line typescript/no-explicit-any -- collections of any element type.
export type PValue = PBegin | PDone | PCollection<any> | { readonly [tag: string]: PCollection<any> };

/** A step or a composite of steps, as a value that `apply` takes. */
export interface PTransform<in I extends PValue, out O extends PValue | void> {
  readonly name: string;
  /** A property, not a method: methods would be checked bivariantly. */
  readonly expand: (input: I) => O;
}

/**
 * Makes a transform from a function of collections.
 *
 * @example
 * import { Pipeline, create, ptransform, type PCollection } from 'viga';
 * import { assertThat } from 'viga/testing';
 * import { directRunner } from 'viga/runners/direct';
 * const shout = () => ptransform('Shout', (words: PCollection<string>) => words.map((word) => `${word}!`));
 * const p = new Pipeline();
 * assertThat(p.apply(create(['hi'])).apply(shout())).containsInAnyOrder(['hi!']);
 * await p.run(directRunner());
 */
export const ptransform = <I extends PValue, O extends PValue | void>(
  name: string,
  expand: (input: I) => O,
): PTransform<I, O> => ({ name, expand });

/** What {@link Pipeline.addStep} needs to know of an output. */
export interface OutputSpec {
  readonly tag: string;
  readonly windowing: WindowingStrategy;
  readonly isBounded: boolean;
}

/**
 * A graph of steps under construction. Apply transforms to it and to the collections they give, then run it.
 *
 * Pipelines that run on several workers are made by {@link definePipeline}, so that each worker can build them again.
 *
 * @example
 * import { Pipeline, create } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * const p = new Pipeline();
 * p.apply(create(['a', 'b'])).map((letter) => letter.toUpperCase());
 * await p.run(directRunner());
 */
export class Pipeline {
  readonly #steps: Step[] = [];
  #scope: Scope = new NameScope('', false);
  #hasRun = false;
  /** How many runs are under way. */
  #running = 0;

  /** All steps so far, producers before consumers. */
  get graph(): Graph {
    return { steps: this.#steps };
  }

  /** Whether {@link run} was called. */
  get hasRun(): boolean {
    return this.#hasRun;
  }

  /** Applies a transform that starts from nothing, a read for example. */
  apply<O extends PValue | void>(transform: PTransform<PBegin, O>, options: { readonly name?: string } = {}): O {
    return this.applyTo(this, transform, options);
  }

  /**
   * Expands a transform in a scope of its own name.
   *
   * @internal
   */
  applyTo<I extends PValue, O extends PValue | void>(
    input: I,
    transform: PTransform<I, O>,
    options: { readonly name?: string },
  ): O {
    if (typeof Object(transform).expand !== 'function') throw noTransform(transform);
    return this.#within({ given: options.name, derived: transform.name }, () => transform.expand(input));
  }

  /**
   * Runs all steps.
   *
   * @throws ElementError, ConnectorError or PipelineError with the path of the step that failed; CancelledError when
   * `options.signal` was aborted.
   */
  run(runner: Runner, options: RunOptions = {}): Promise<PipelineResult> {
    if (typeof Object(runner).run !== 'function') return Promise.reject(noRunner(runner));
    this.#hasRun = true;
    return this.#runOn(runner, options);
  }

  async #runOn(runner: Runner, options: RunOptions): Promise<PipelineResult> {
    this.#running++;
    try {
      return await runner.run(this, options);
    } finally {
      this.#running--;
    }
  }

  /**
   * Adds a primitive step and gives its outputs in the order of `outputs`.
   *
   * @internal
   */
  addStep(
    name: StepName,
    spec: {
      readonly inputs: readonly PCollection<unknown>[];
      readonly outputs: readonly OutputSpec[];
      readonly primitive: (path: string) => Primitive;
    },
  ): readonly PCollection<unknown>[] {
    const callSite = new Error('the step was made here');
    const { path, isNumbered } = this.#scope.enter(name);
    if (this.#running > 0) {
      throw new PipelineError(
        path,
        'its pipeline is running. Steps that are added now would not run. Build all of it before run(...), or another pipeline.',
      );
    }
    for (const input of spec.inputs) input.assertBelongsTo(this, path);
    const outputs = spec.outputs.map((output) => new PCollection<unknown>(this, path, output));
    this.#steps.push({
      id: this.#steps.length,
      path,
      hasNumberedName: isNumbered,
      primitive: spec.primitive(path),
      inputs: spec.inputs,
      outputs: new Map(outputs.map((output) => [output.tag, output])),
      callSite,
    });
    return outputs;
  }

  /** The path that a step of this name would get if it were added now; for errors at construction. */
  pathOf(name: string): string {
    return this.#scope.path === '' ? name : `${this.#scope.path}/${name}`;
  }

  #within<R>(name: StepName, body: () => R): R {
    const outer = this.#scope;
    this.#scope = outer.enter(name);
    try {
      return body();
    } finally {
      this.#scope = outer;
    }
  }
}

/** What a program without types, or a function that was not called, gives to `run`. */
const noRunner = (runner: unknown): PipelineError =>
  new PipelineError(
    undefined,
    `its runner is ${showValue(runner)}. A pipeline is only a plan, and a runner carries it out. Pass one: run(directRunner()).`,
  );

/** What a program without types, or a function that was not called, gives to `apply`. */
const noTransform = (transform: unknown): PipelineError =>
  new PipelineError(
    undefined,
    `its transform is ${showValue(transform)}. It says which steps are added. Pass a PTransform; if this is a function that makes one, call it: apply(distinct()).`,
  );
