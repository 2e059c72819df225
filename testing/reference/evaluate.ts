import { DEFAULT_WINDOWING, GLOBAL_WINDOW, MAIN, MAX_TIMESTAMP, MIN_TIMESTAMP, NO_FIRING } from '../../model/index.ts';
import type { AnyDoFn, Graph, Step, TestStreamEvent, Timestamp } from '../../model/index.ts';
import { combined, elementWise } from './calls.ts';
import { type Behavior, earliest, type Element, type StepTime, type Surroundings, Unmodelled } from './element.ts';
import { Grouping } from './grouping.ts';
import { isKeyed, KeyedParDo } from './keyed-par-do.ts';
import { type SideInput, sideInput } from './side-input.ts';

/**
 * Evaluates a pipeline by the definition of the model, and throws a PipelineError if it has what is left out here.
 *
 * Create and Impulse come first, then the events of a TestStream, each when all that the one before leads to has happened.
 * Where the model leaves open what comes first, this is the order: time rises as far as elements on their way allow; then
 * the last step of the graph that has something to do does what is due, or else takes what has come.
 */
export const evaluate = (graph: Graph): Evaluation => new Evaluation(graph);

/** A step that has inputs, or a part of one. What flows from node to node are collections, and what a step has inside. */
interface Node {
  readonly inputs: readonly object[];
  readonly outputs: readonly object[];
  readonly time: StepTime;
  readonly behavior: Behavior;
  readonly sides?: readonly SideInput[];
  /** What came, where time at the step, or a side input, makes a difference to it. */
  queue?: readonly Waiting[] | undefined;
  /** What is due there comes first. */
  readonly after?: Node;
  /** The time at which all that was due has been done. */
  done?: Timestamp;
}

/** An element on its way: those that came in one turn are taken together. In turn 0 are those that were not ready then. */
interface Waiting {
  readonly element: Element;
  readonly turn: number;
}

const dueOf = ({ behavior }: Node) => [...(behavior.due?.() ?? [])].sort((a, b) => a.at - b.at)[0];
const isDue = (node: Node): boolean =>
  (node.behavior.due !== undefined && node.time.input > (node.done ?? MIN_TIMESTAMP)) || dueOf(node) !== undefined;
const isReady = ({ sides = [] }: Node, { element }: Waiting) => sides.every((side) => side.elements(element.window));
const isNext = (node: Node, one: Waiting): boolean => one.turn > 0 || isReady(node, one);
const hasWork = (node: Node): boolean =>
  isDue(node) || (!(node.after && isDue(node.after)) && (node.queue ?? []).some((one) => isNext(node, one)));

function take(node: Node): readonly Element[] {
  const { queue = [] } = node;
  const turn = queue.find((one) => isNext(node, one))?.turn;
  const taken = queue.filter((one) => one.turn === turn && isReady(node, one));
  const left = queue.filter((one) => !taken.includes(one));
  node.queue = left.map((one) => (one.turn === turn ? { ...one, turn: 0 } : one));
  return taken.map(({ element }) => element);
}

/** What has no input, in the order in which it comes. */
const SOURCES: readonly string[] = ['Impulse', 'Create', 'TestStream'];

function eventsOf({ primitive }: Step): readonly TestStreamEvent[] {
  if (primitive.kind === 'TestStream') return primitive.events;
  const { elements, timestamps } = primitive.kind === 'Create' ? primitive : { elements: [new Uint8Array()] };
  const stamped = elements.map((value, i) => ({ value, timestamp: timestamps?.[i] ?? MIN_TIMESTAMP }));
  return [{ kind: 'elements', tag: MAIN, elements: stamped }];
}

/** What a pipeline gives: all elements of each collection, one for each window, and what was dropped, in order. */
class Evaluation {
  readonly elements = new Map<object, Element[]>();
  readonly drops: { step: string; reason: 'late' | 'finished'; element: Element }[] = [];
  readonly #nodes: Node[] = [];
  readonly #sides: Node[] = [];
  readonly #watermarks = new Map<object, Timestamp>();
  #turn = 0;

  constructor({ steps }: Graph) {
    for (const step of steps) if (!SOURCES.includes(step.primitive.kind)) this.#addStep(step);
    // Behind all others: what is due at a side input comes first.
    this.#nodes.push(...this.#sides);
    for (const kind of SOURCES) for (const step of steps) if (step.primitive.kind === kind) this.#play(step);
  }

  #play(source: Step): void {
    const { outputs } = source;
    const end = [...outputs.keys()].map((tag) => ({ kind: 'watermark', tag, timestamp: MAX_TIMESTAMP }) as const);
    for (const event of [...eventsOf(source), ...end]) {
      const output = 'tag' in event ? outputs.get(event.tag) : undefined;
      if (event.kind === 'processing-time') for (const { time } of this.#nodes) time.now += event.advance;
      else if (event.kind === 'watermark' && output) this.#watermarks.set(output, event.timestamp);
      else if (event.kind === 'elements') {
        for (const one of event.elements) this.#give(output, { ...one, window: GLOBAL_WINDOW, pane: NO_FIRING });
      }
      this.#settle();
    }
  }

  #give(to: object | undefined, element: Element): void {
    if (to === undefined) return;
    this.elements.set(to, [...(this.elements.get(to) ?? []), element]);
    for (const node of this.#nodes) {
      for (const _ of node.inputs.filter((input) => input === to)) {
        if (node.queue === undefined) node.behavior.process(element);
        else node.queue = [...node.queue, { element, turn: this.#turn }];
      }
    }
  }

  /** Lets all happen that follows from what has come. */
  #settle(): void {
    for (;;) {
      this.#turn++;
      for (const node of this.#nodes) this.#moveTime(node);
      const node = this.#nodes.findLast(hasWork);
      if (node === undefined) return;
      if (!isDue(node)) for (const element of take(node)) node.behavior.process(element);
      else {
        node.done = node.time.input;
        for (let due = dueOf(node); due !== undefined; due = dueOf(node)) due.act();
      }
    }
  }

  /** Elements on their way hold time back; those behind a step are told of it when nothing is due there. */
  #moveTime(node: Node): void {
    const { inputs, outputs, time, behavior, queue = [] } = node;
    const told = inputs.map((input) => this.#watermarks.get(input) ?? MIN_TIMESTAMP);
    time.input = Math.max(time.input, earliest([...told, ...queue.map(({ element }) => element.timestamp)]));
    if (!isDue(node)) time.output = Math.max(time.output, Math.min(time.input, behavior.hold?.() ?? MAX_TIMESTAMP));
    for (const output of outputs) this.#watermarks.set(output, time.output);
  }

  #addStep(step: Step): void {
    refuseUnmodelled(step);
    const { primitive, inputs, path } = step;
    const outputs = [...step.outputs.values()];
    const named = 'traits' in primitive ? Object.entries(primitive.traits.sideInputs) : [];
    const sides = named.map(([name, view]) => sideInput(name, view));
    this.#sides.push(...sides);
    const isGrouping = primitive.kind === 'GroupByKey' || primitive.kind === 'CombinePerKey';
    // Panes are given out one by one, and on their way together until somebody takes them.
    const panes = { of: path };
    const time = { input: MIN_TIMESTAMP, output: MIN_TIMESTAMP, now: 0 };
    const behavior = behaviorOf({
      step,
      time,
      // All but a Flatten of nothing have an input, and that one takes no element.
      windowing: inputs[0]?.windowing ?? DEFAULT_WINDOWING,
      views: (window) => Object.fromEntries(sides.map((side) => [side.name, side.elements(window) ?? []])),
      emit: (element, tag = MAIN) => this.#give(isGrouping ? panes : step.outputs.get(tag), element),
      drop: (element, reason) => void this.drops.push({ step: path, reason, element }),
    });
    // Where what different steps give comes together, or a reshuffle was asked for, elements wait for each other.
    const isMeeting = primitive.kind === 'Reshuffle' || new Set(inputs.map(({ producer }) => producer)).size > 1;
    const queue = behavior instanceof KeyedParDo || sides.length > 0 || isMeeting ? [] : undefined;
    const node: Node = { inputs, outputs: isGrouping ? [panes] : outputs, time, behavior, sides, queue };
    this.#nodes.push(node);
    if (!isGrouping) return;
    const passOn: Behavior = { process: (element) => this.#give(outputs[0], element) };
    this.#nodes.push({ inputs: [panes], outputs, time: { ...time }, behavior: passOn, queue: [], after: node });
  }
}

function behaviorOf(at: Surroundings): Behavior {
  const { primitive } = at.step;
  if (primitive.kind === 'GroupByKey') return new Grouping(at, (values) => values);
  if (primitive.kind === 'CombinePerKey') return new Grouping(at, (values) => combined(primitive.fn, values));
  if (primitive.kind === 'ParDo' && isKeyed(primitive.doFn)) return new KeyedParDo(primitive.doFn, at);
  if ('traits' in primitive) return elementWise(primitive, at);
  if (primitive.kind !== 'AssignWindows') return { process: (element) => at.emit(element) };
  const windowsOf = ({ value, timestamp }: Element) => primitive.windowFn.assign(timestamp, value);
  return { process: (element) => windowsOf(element).forEach((window) => at.emit({ ...element, window })) };
}

/** Refuses what is left out here. */
function refuseUnmodelled({ path, primitive }: Step): void {
  const { retry, sideInputs = {} } = 'traits' in primitive ? primitive.traits : {};
  const doFn: Partial<AnyDoFn> = primitive.kind === 'ParDo' ? primitive.doFn : {};
  const { allowedTimestampSkew = 0 } = 'allowedTimestampSkew' in primitive ? primitive : doFn;
  const hasOther = (specs: Readonly<Record<string, { kind: string }>>, known: readonly string[]) =>
    Object.values(specs).some(({ kind }) => !known.includes(kind));
  const refused: Readonly<Record<string, boolean>> = {
    'a source': primitive.kind === 'Read' || primitive.kind === 'SplittableParDo',
    'a sink that rejects': primitive.kind === 'Write' && primitive.hasDeadLetters,
    'a retry': retry !== undefined,
    'a setup, or bundles': (doFn.setup ?? doFn.startBundle ?? doFn.finishBundle) !== undefined,
    'input sorted by time': doFn.requiresTimeSortedInput === true,
    'an allowed timestamp skew': allowedTimestampSkew > 0,
    'a side input that is no iterable or list': hasOther(sideInputs, ['iterable', 'list']),
    'a state that is no value, bag or combining one': hasOther(doFn.state ?? {}, ['value', 'bag', 'combining']),
  };
  for (const [what, isThere] of Object.entries(refused)) if (isThere) throw new Unmodelled(path, what);
}
