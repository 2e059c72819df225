// Walks the graph: an element goes through all it reaches before the next thing happens, then time moves step by step.
import { DEFAULT_WINDOWING, GLOBAL_WINDOW, MAIN, MAX_TIMESTAMP, MIN_TIMESTAMP, NO_FIRING } from '../../model/index.ts';
import type {
  BoundedWindow,
  Graph,
  PCollection,
  PCollectionView,
  Step,
  TestStreamEvent,
  Timestamp,
} from '../../model/index.ts';
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
 * Create and Impulse come first, then the events of a TestStream, each when all that the one before leads to has happened.
 * Where the model leaves open what comes first, this is the order: time rises as far as elements on their way allow; then
 * the last step of the graph that has something to do does what is due, or else takes what has come.
 *
 * @throws TypeError for what it does not know: other sources, and functions that are async.
 */
export function evaluate(graph: Graph): Evaluation {
  const evaluator = new Evaluator(graph);
  evaluator.run(graph);
  return evaluator;
}

/** A step that has inputs, or a collection that is a side input. */
interface Node {
  readonly inputs: readonly Collection[];
  readonly outputs: readonly Collection[];
  readonly time: StepTime;
  readonly behavior: Behavior;
  readonly views: Views;
  /** What came, where time at the step, or a side input, makes a difference to it. */
  readonly queue: Queue | undefined;
  /** What a grouping has given out and nobody has taken yet. */
  readonly panes: Queue;
  /** The time at which all that was due has been done. */
  done: { input: Timestamp; now: Timestamp };
}

const startTime = () => ({ input: MIN_TIMESTAMP, output: MIN_TIMESTAMP, now: 0 });
const timestampsOf = (elements: Iterable<Element> = []) => [...elements].map(({ timestamp }) => timestamp);

/** Elements on their way: what came from one thing that a step did is taken together. */
class Queue {
  readonly #batches: Element[][] = [[]];

  get waiting(): readonly Element[] {
    return this.#batches.flat();
  }

  add(element: Element): void {
    this.#batches.at(-1)?.push(element);
  }

  close(): void {
    if (this.#batches.at(-1)?.length) this.#batches.push([]);
  }

  take(): readonly Element[] {
    return this.#batches.shift() ?? [];
  }
}

class Evaluator implements Evaluation {
  readonly elements = new Map<Collection, Element[]>();
  readonly drops: Drop[] = [];
  readonly #nodes: Node[] = [];
  readonly #sideNodes: Node[] = [];
  readonly #sides = new Map<Collection, SideCollection>();
  readonly #watermarks = new Map<Collection, Timestamp>();

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
      else if (primitive.kind === 'Create') {
        const { elements, timestamps } = primitive;
        for (const [i, value] of elements.entries()) this.#arrive(output, value, timestamps?.[i] ?? MIN_TIMESTAMP);
      } else continue;
      if (output) this.#watermarks.set(output, MAX_TIMESTAMP);
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
      for (const { time } of [...this.#nodes, ...this.#sideNodes]) time.now += event.advance;
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
    for (const { inputs, behavior, queue } of [...this.#nodes, ...this.#sideNodes]) {
      for (const _ of inputs.filter((input) => input === collection)) {
        if (queue === undefined) behavior.process(element);
        else queue.add(element);
      }
    }
  }

  /** Lets all happen that follows from what has come: what can happen last in the graph happens first. */
  #settle(): void {
    for (;;) {
      for (const node of [...this.#nodes, ...this.#sideNodes]) this.#moveTime(node);
      const next = this.#sideNodes.find(isDue) ?? this.#nodes.findLast(hasWork);
      if (next === undefined) return;
      this.#work(next);
    }
  }

  /** Elements on their way hold time back; those behind a step are told of it when nothing is due there. */
  #moveTime(node: Node): void {
    const { inputs, outputs, time, behavior, views, queue, panes } = node;
    queue?.close();
    panes.close();
    const told = inputs.map((collection) => this.#watermarks.get(collection) ?? MIN_TIMESTAMP);
    time.input = Math.max(
      time.input,
      earliest([...told, ...timestampsOf(queue?.waiting), ...timestampsOf(views.waiting)]),
    );
    if (!isDue(node)) time.output = Math.max(time.output, earliest([time.input, behavior.hold?.()]));
    for (const collection of outputs) {
      const before = this.#watermarks.get(collection) ?? MIN_TIMESTAMP;
      this.#watermarks.set(collection, Math.max(before, earliest([time.output, ...timestampsOf(panes.waiting)])));
    }
  }

  /** What is due, else what has waited for side inputs, else what is queued. */
  #work(node: Node): void {
    const { behavior, time, views, queue, panes, outputs } = node;
    if (isDue(node)) {
      node.done = { ...time };
      behavior.advance?.();
      return;
    }
    const elements = views.takeReady();
    for (const element of elements.length > 0 ? elements : (queue?.take() ?? [])) {
      if (views.admit(element)) behavior.process(element);
    }
    for (const pane of panes.take()) this.#give(outputs[0], pane);
  }

  #addStep(step: Step): void {
    const time = startTime();
    const wanted = 'traits' in step.primitive ? step.primitive.traits.sideInputs : {};
    const views = new Views(Object.entries(wanted).map(([name, view]) => [name, view, this.#sideOf(view)]));
    const panes = new Queue();
    const at: Surroundings = {
      time,
      // All but a Flatten of nothing have an input, and that one takes no element.
      windowing: step.inputs[0]?.windowing ?? DEFAULT_WINDOWING,
      emit: (element, tag = MAIN) => {
        if (behavior instanceof Grouping) panes.add(element);
        else this.#give(step.outputs.get(tag), element);
      },
      drop: (element, reason) => void this.drops.push({ step: step.path, reason, element }),
    };
    const behavior = behaviorOf(step, views, at);
    const queue = behavior instanceof KeyedParDo || views.isNeeded ? new Queue() : undefined;
    const outputs = [...step.outputs.values()];
    this.#nodes.push({ inputs: step.inputs, outputs, time, behavior, views, queue, panes, done: { ...time } });
  }

  #sideOf({ collection }: PCollectionView<unknown>): SideCollection {
    const known = this.#sides.get(collection);
    if (known !== undefined) return known;
    const time = startTime();
    const behavior = new SideCollection(collection, time);
    this.#sides.set(collection, behavior);
    const node = { inputs: [collection], outputs: [], time, behavior, views: new Views([]), queue: undefined };
    this.#sideNodes.push({ ...node, panes: new Queue(), done: { ...time } });
    return behavior;
  }
}

const isDue = ({ time, done, behavior }: Node): boolean =>
  behavior.advance !== undefined && (time.input > done.input || time.now > done.now || behavior.isDue?.() === true);

const hasWork = (node: Node): boolean =>
  isDue(node) || node.views.isReady || (node.queue?.waiting.length ?? 0) > 0 || node.panes.waiting.length > 0;

function behaviorOf(step: Step, views: Views, at: Surroundings): Behavior {
  const { primitive } = step;
  switch (primitive.kind) {
    case 'GroupByKey':
      return new Grouping(at, (values) => values);
    case 'CombinePerKey':
      return new Grouping(at, (values) => combined(primitive.fn, values));
    case 'AssignWindows': {
      const assign = ({ value, timestamp }: Element): readonly BoundedWindow[] =>
        primitive.windowFn.assign(timestamp, value);
      return { process: (element) => assign(element).forEach((window) => at.emit({ ...element, window })) };
    }
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
