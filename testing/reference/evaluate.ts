import { DEFAULT_WINDOWING, GLOBAL_WINDOW, MAIN, MAX_TIMESTAMP, MIN_TIMESTAMP, NO_FIRING } from '../../model/index.ts';
import type { Graph, PCollection, PCollectionView, Step, TestStreamEvent, Timestamp } from '../../model/index.ts';
import { elementWise } from './calls.ts';
import { combined } from './cells.ts';
import { type Behavior, type CallSurroundings, type Drop, earliest, type Element, type StepTime } from './element.ts';
import { Grouping } from './grouping.ts';
import { isKeyed, KeyedParDo } from './keyed-par-do.ts';
import { Queue } from './queue.ts';
import { areReady, type Side, type SideCollection, sideCollection, sideValuesOf } from './views.ts';

type Collection = PCollection<unknown>;

/** What a pipeline gives: all elements of each collection, one for each window, and what was dropped, in order. */
export interface Evaluation {
  readonly elements: ReadonlyMap<object, readonly Element[]>;
  readonly drops: readonly Drop[];
}

/**
 * Evaluates a pipeline by the definition of the model.
 *
 * Create and Impulse come first, then the events of a TestStream, each when all that the one before leads to has happened.
 * Where the model leaves open what comes first, this is the order: time rises as far as elements on their way allow; then
 * the last step of the graph that has something to do does what is due, or else takes what has come.
 *
 * @throws TypeError for what it does not know: other sources, bundles, functions that are async.
 */
export function evaluate(graph: Graph): Evaluation {
  const evaluator = new Evaluator(graph);
  evaluator.run(graph);
  return evaluator;
}

/** A step that has inputs, or a part of one. What flows from node to node are collections, and what a step has inside. */
interface Node {
  readonly inputs: readonly object[];
  readonly outputs: readonly object[];
  readonly time: StepTime;
  readonly behavior: Behavior;
  /** What came, where time at the step, or a side input, makes a difference to it. */
  readonly queue?: Queue;
  readonly isSide?: boolean;
  /** The grouping whose panes it takes: what is due there comes before that. */
  readonly after?: Node | undefined;
  /** The time at which all that was due has been done. */
  done: StepTime;
}

const startTime = (): StepTime => ({ input: MIN_TIMESTAMP, output: MIN_TIMESTAMP, now: 0 });
const isDue = ({ time, done, behavior }: Node): boolean =>
  behavior.advance !== undefined && (time.input > done.input || time.now > done.now || behavior.isDue?.() === true);
const hasWork = (node: Node): boolean => isDue(node) || node.queue?.hasWork === true;

class Evaluator implements Evaluation {
  readonly elements = new Map<object, Element[]>();
  readonly drops: Drop[] = [];
  readonly #nodes: Node[] = [];
  readonly #sides = new Map<Collection, SideCollection>();
  readonly #watermarks = new Map<object, Timestamp>();

  constructor({ steps }: Graph) {
    for (const step of steps) {
      if (!['Impulse', 'Create', 'TestStream'].includes(step.primitive.kind)) this.#addStep(step);
    }
  }

  run({ steps }: Graph): void {
    for (const { primitive, outputs } of steps) {
      const output = outputs.get(MAIN);
      if (primitive.kind !== 'Impulse' && primitive.kind !== 'Create') continue;
      const { elements, timestamps } = primitive.kind === 'Create' ? primitive : { elements: [new Uint8Array()] };
      for (const [i, value] of elements.entries()) this.#arrive(output, value, timestamps?.[i] ?? MIN_TIMESTAMP);
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
    const output = 'tag' in event ? outputs.get(event.tag) : undefined;
    if (event.kind === 'processing-time') for (const { time } of this.#nodes) time.now += event.advance;
    else if (event.kind === 'watermark' && output) this.#watermarks.set(output, event.timestamp);
    else if (event.kind === 'elements') {
      for (const { value, timestamp } of event.elements) this.#arrive(output, value, timestamp);
    }
  }

  #arrive(output: Collection | undefined, value: unknown, timestamp: Timestamp): void {
    this.#give(output, { value, timestamp, window: GLOBAL_WINDOW, pane: NO_FIRING });
  }

  #give(to: object | undefined, element: Element): void {
    if (to === undefined) return;
    this.elements.set(to, [...(this.elements.get(to) ?? []), element]);
    for (const { inputs, behavior, queue } of this.#nodes) {
      for (const _ of inputs.filter((input) => input === to)) {
        if (queue === undefined) behavior.process(element);
        else queue.add(element);
      }
    }
  }

  /** Lets all happen that follows from what has come: side inputs first, then what is last in the graph. */
  #settle(): void {
    for (;;) {
      for (const node of this.#nodes) this.#moveTime(node);
      const last = this.#nodes.findLast(hasWork);
      const next = this.#nodes.find((node) => isDue(node) && (node.isSide || node === last?.after)) ?? last;
      if (next === undefined) return;
      if (isDue(next)) {
        next.done = { ...next.time };
        next.behavior.advance?.();
      } else for (const element of next.queue?.take() ?? []) next.behavior.process(element);
    }
  }

  /** Elements on their way hold time back; those behind a step are told of it when nothing is due there. */
  #moveTime(node: Node): void {
    const { inputs, outputs, time, behavior, queue } = node;
    queue?.close();
    const told = inputs.map((input) => this.#watermarks.get(input) ?? MIN_TIMESTAMP);
    time.input = Math.max(time.input, earliest([...told, ...(queue?.timestamps ?? [])]));
    if (!isDue(node)) time.output = Math.max(time.output, earliest([time.input, behavior.hold?.()]));
    for (const output of outputs) this.#watermarks.set(output, time.output);
  }

  #addStep(step: Step): void {
    const { primitive, inputs, path } = step;
    const outputs = [...step.outputs.values()];
    const named = 'traits' in primitive ? Object.entries(primitive.traits.sideInputs) : [];
    const sides = named.map(([name, view]): Side => [name, view, this.#sideOf(view)]);
    // All but a Flatten of nothing have an input, and that one takes no element.
    const windowing = inputs[0]?.windowing ?? DEFAULT_WINDOWING;
    const resource = primitive.kind === 'ParDo' ? primitive.doFn.setup?.() : undefined;
    const drop: CallSurroundings['drop'] = (element, reason) => void this.drops.push({ step: path, reason, element });
    const at = { step, time: startTime(), windowing, drop, views: sideValuesOf(sides), resource };
    const isGrouping = primitive.kind === 'GroupByKey' || primitive.kind === 'CombinePerKey';
    // Panes are given out one by one, and on their way together until somebody takes them.
    const panes = { of: path };
    const emit: CallSurroundings['emit'] = (element, tag = MAIN) =>
      this.#give(isGrouping ? panes : step.outputs.get(tag), element);
    const behavior = behaviorOf(step, { ...at, emit });
    const isQueued = behavior instanceof KeyedParDo || sides.length > 0;
    this.#addNode(inputs, isGrouping ? [panes] : outputs, behavior, {
      time: at.time,
      ...(isQueued && { queue: new Queue(({ window }) => areReady(sides, window)) }),
    });
    const passOn: Behavior = { process: (element) => this.#give(outputs[0], element) };
    if (isGrouping)
      this.#addNode([panes], outputs, passOn, { queue: new Queue(() => true), after: this.#nodes.at(-1) });
  }

  #addNode(inputs: Node['inputs'], outputs: Node['outputs'], behavior: Behavior, more: Partial<Node>): void {
    this.#nodes.push({ inputs, outputs, behavior, time: startTime(), done: startTime(), ...more });
  }

  #sideOf({ collection }: PCollectionView<unknown>): SideCollection {
    const known = this.#sides.get(collection);
    if (known !== undefined) return known;
    const time = startTime();
    const behavior = sideCollection(collection, time);
    this.#sides.set(collection, behavior);
    this.#addNode([collection], [], behavior, { time, isSide: true });
    return behavior;
  }
}

function behaviorOf({ path, primitive }: Step, at: CallSurroundings): Behavior {
  const { emit } = at;
  switch (primitive.kind) {
    case 'GroupByKey':
      return new Grouping(at, (values) => values);
    case 'CombinePerKey':
      return new Grouping(at, (values) => combined(primitive.fn, values));
    case 'AssignWindows': {
      const windowsOf = ({ value, timestamp }: Element) => primitive.windowFn.assign(timestamp, value);
      return { process: (element) => windowsOf(element).forEach((window) => emit({ ...element, window })) };
    }
    case 'Flatten':
    case 'Reshuffle':
      return { process: (element) => emit(element) };
    case 'Write':
      return { process: () => {} };
    default:
      if (!('traits' in primitive)) throw new TypeError(`${path}: the reference evaluator knows no ${primitive.kind}.`);
      if (primitive.kind !== 'ParDo') return elementWise(primitive, at);
  }
  const { startBundle, finishBundle, requiresTimeSortedInput } = primitive.doFn;
  if (startBundle ?? finishBundle ?? requiresTimeSortedInput) {
    throw new TypeError(`${path}: the reference evaluator knows no bundles, and no input sorted by time.`);
  }
  return isKeyed(primitive.doFn) ? new KeyedParDo(primitive.doFn, at) : elementWise(primitive, at);
}
