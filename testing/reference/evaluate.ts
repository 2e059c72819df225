// Walks the graph: an element goes through all it reaches before the next thing happens, then time moves step by step.
import { DEFAULT_WINDOWING, GLOBAL_WINDOW, MAIN, MAX_TIMESTAMP, MIN_TIMESTAMP, NO_FIRING } from '../../model/index.ts';
import type { Graph, PCollection, PCollectionView, Step, TestStreamEvent, Timestamp } from '../../model/index.ts';
import { elementWise } from './calls.ts';
import { combined } from './cells.ts';
import { earliest } from './element.ts';
import type { Behavior, Drop, Element, StepTime, Surroundings } from './element.ts';
import { Grouping } from './grouping.ts';
import { isKeyed, KeyedParDo } from './keyed-par-do.ts';
import { SideCollection, Views } from './views.ts';

type Collection = PCollection<unknown>;

/** What a pipeline gives: all elements of each collection, one for each window, and what was dropped, in order. */
export interface Evaluation {
  readonly elements: ReadonlyMap<Collection, readonly Element[]>;
  readonly drops: readonly Drop[];
}

/**
 * Evaluates a pipeline by the definition of the model.
 *
 * Create and Impulse come first, then the events of a TestStream. Whatever an event leads to has happened before the next one:
 * elements reach the end of the graph while time stands still, then watermarks rise, from the first step to the last, and
 * each step does what is due before those behind it are told.
 *
 * @throws TypeError for what it does not know: other sources, and functions that are async.
 */
export function evaluate(graph: Graph): Evaluation {
  const evaluator = new Evaluator(graph);
  evaluator.run(graph);
  return evaluator;
}

/** A step that has inputs, or a collection that is a side input: such are in line before the steps that look at them. */
interface Node {
  readonly inputs: readonly Collection[];
  readonly outputs: readonly Collection[];
  readonly time: StepTime;
  readonly behavior: Behavior;
  readonly views: Views;
  /** Elements wait here where time at the step, or a side input, makes a difference to them. */
  readonly isQueued: boolean;
  readonly queue: Element[];
}

class Evaluator implements Evaluation {
  readonly elements = new Map<Collection, Element[]>();
  readonly drops: Drop[] = [];
  readonly #nodes: Node[] = [];
  readonly #sides = new Map<Collection, SideCollection>();
  readonly #watermarks = new Map<Collection, Timestamp>();
  /** Elements that have been given out and not taken yet. */
  readonly #pending: (readonly [Node, Element])[] = [];

  constructor({ steps }: Graph) {
    for (const step of steps) {
      for (const collection of step.outputs.values()) this.elements.set(collection, []);
      if (!['Impulse', 'Create', 'TestStream'].includes(step.primitive.kind)) this.#addStep(step);
    }
  }

  run({ steps }: Graph): void {
    for (const { primitive, outputs } of steps) {
      const output = outputs.get(MAIN);
      if (primitive.kind === 'Impulse') this.#arrive(output, new Uint8Array(), MIN_TIMESTAMP);
      if (primitive.kind === 'Create') {
        const { elements, timestamps } = primitive;
        for (const [i, value] of elements.entries()) this.#arrive(output, value, timestamps?.[i] ?? MIN_TIMESTAMP);
      }
      if (output && (primitive.kind === 'Impulse' || primitive.kind === 'Create')) {
        this.#watermarks.set(output, MAX_TIMESTAMP);
      }
    }
    this.#settle();
    for (const { primitive, outputs } of steps) {
      for (const event of primitive.kind === 'TestStream' ? primitive.events : []) {
        this.#happen(event, outputs);
        this.#settle();
      }
    }
  }

  #happen(event: TestStreamEvent, outputs: ReadonlyMap<string, Collection>): void {
    if (event.kind === 'processing-time') {
      for (const { time } of this.#nodes) time.now += event.advance;
      return;
    }
    const output = outputs.get(event.tag);
    if (event.kind === 'elements') {
      for (const { value, timestamp } of event.elements) this.#arrive(output, value, timestamp);
    } else if (output) this.#watermarks.set(output, event.timestamp);
  }

  #arrive(output: Collection | undefined, value: unknown, timestamp: Timestamp): void {
    this.#give(output, { value, timestamp, window: GLOBAL_WINDOW, pane: NO_FIRING });
  }

  #give(collection: Collection | undefined, element: Element): void {
    if (collection === undefined) return;
    this.elements.get(collection)?.push(element);
    for (const node of this.#nodes) {
      for (const input of node.inputs) if (input === collection) this.#pending.push([node, element]);
    }
  }

  /** Lets all happen that follows from what has come. */
  #settle(): void {
    this.#drain();
    for (const node of this.#nodes) {
      const { inputs, outputs, time, behavior, views, queue } = node;
      const told = earliest(inputs.map((collection) => this.#watermarks.get(collection) ?? MIN_TIMESTAMP));
      // What is queued, and what waits for side inputs, holds time back and is taken when all before it has happened.
      this.#advance(node, earliest([told, views.hold(), ...queue.map(({ timestamp }) => timestamp)]));
      for (const element of [...views.release(), ...queue.splice(0)]) {
        if (views.admit(element)) behavior.process(element);
      }
      this.#advance(node, earliest([told, views.hold()]));
      time.output = Math.max(time.output, earliest([time.input, behavior.hold?.()]));
      for (const collection of outputs) this.#watermarks.set(collection, time.output);
    }
  }

  #advance({ time, behavior }: Node, input: Timestamp): void {
    time.input = Math.max(time.input, input);
    behavior.advance?.();
    this.#drain();
  }

  /** Groupings, and steps that need nothing but the element, take elements at once. */
  #drain(): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const [{ behavior, queue, isQueued }, element] = next;
      if (isQueued) queue.push(element);
      else behavior.process(element);
    }
  }

  #addStep(step: Step): void {
    const time = { input: MIN_TIMESTAMP, output: MIN_TIMESTAMP, now: 0 };
    const wanted = 'traits' in step.primitive ? step.primitive.traits.sideInputs : {};
    const views = new Views(Object.entries(wanted).map(([name, view]) => [name, view, this.#sideOf(view)]));
    const behavior = this.#behaviorOf(step, views, {
      time,
      // All but a Flatten of nothing have an input, and that one takes no element.
      windowing: step.inputs[0]?.windowing ?? DEFAULT_WINDOWING,
      emit: (element, tag = MAIN) => this.#give(step.outputs.get(tag), element),
      drop: (element, reason) => void this.drops.push({ step: step.path, reason, element }),
    });
    const isQueued = behavior instanceof KeyedParDo || views.isNeeded;
    this.#nodes.push({
      inputs: step.inputs,
      outputs: [...step.outputs.values()],
      time,
      behavior,
      views,
      isQueued,
      queue: [],
    });
  }

  #sideOf({ collection }: PCollectionView<unknown>): SideCollection {
    const known = this.#sides.get(collection);
    if (known !== undefined) return known;
    const time = { input: MIN_TIMESTAMP, output: MIN_TIMESTAMP, now: 0 };
    const behavior = new SideCollection(collection, time);
    this.#sides.set(collection, behavior);
    this.#nodes.push({
      inputs: [collection],
      outputs: [],
      time,
      behavior,
      views: new Views([]),
      isQueued: false,
      queue: [],
    });
    return behavior;
  }

  #behaviorOf(step: Step, views: Views, at: Surroundings): Behavior {
    const { primitive } = step;
    switch (primitive.kind) {
      case 'GroupByKey':
        return new Grouping(at, (values) => values);
      case 'CombinePerKey':
        return new Grouping(at, (values) => combined(primitive.fn, values));
      case 'AssignWindows':
        return {
          process(element) {
            const { value, timestamp } = element;
            for (const window of primitive.windowFn.assign(timestamp, value)) at.emit({ ...element, window });
          },
        };
      case 'Flatten':
      case 'Reshuffle':
        return { process: (element) => at.emit(element) };
      case 'Write':
        return { process: () => {} };
      case 'ParDo':
        if (isKeyed(primitive.doFn)) return new KeyedParDo(step, primitive.doFn, views.of, at);
        return elementWise(step, primitive, views.of, at.emit);
      default:
        if ('traits' in primitive) return elementWise(step, primitive, views.of, at.emit);
        throw new TypeError(`${step.path}: the reference evaluator knows no ${primitive.kind}.`);
    }
  }
}
