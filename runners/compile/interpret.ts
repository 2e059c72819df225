import { MAX_TIMESTAMP, OutputAt, type Timestamp } from '../../model/index.ts';
import {
  type Chunks,
  INTO,
  type Invoke,
  isAsyncIterable,
  isThenable,
  LEFT,
  mayBeAsync,
  reachedFrom,
  type RunSegment,
  type SegmentCompiler,
  singletonLists,
  type StageNode,
  type StageRuntime,
  type Target,
  targetsOf,
} from '../execution/index.ts';

// The same steps as codegen.ts prints, as closures, for places where text may not become code. Slower, equal in results:
// both are run by the same tests.

type Consume = (...call: Parameters<Invoke>) => void;

const single = singletonLists();

function consumerOf(stage: StageRuntime, targets: readonly Target[]): Consume {
  const consumers = targets.map((target): Consume => {
    if (target.kind === 'node') return nodeConsumer(stage, target.node);
    const { edge } = target;
    return (value, timestamp, windows, pane) => {
      edge.add(value, timestamp, windows, pane);
      if (edge.isFull) stage.full = true;
    };
  });
  const [only] = consumers;
  if (consumers.length === 1 && only !== undefined) return only;
  return (...call) => {
    for (const consume of consumers) consume(...call);
  };
}

function nodeConsumer(stage: StageRuntime, node: StageNode): Consume {
  const { index } = node;
  const after = consumerOf(stage, targetsOf(node));
  const next: Consume = (...call) => {
    stage.count(index, 1);
    after(...call);
  };
  const run = mayBeAsync(node) ? userStep(stage, node, next) : modelStep(stage, node, next);
  if (!stage.node(index).explodesWindows) return run;
  return (value, timestamp, windows, pane) => {
    for (const window of windows) run(value, timestamp, windows.length === 1 ? windows : single(window), pane);
  };
}

/** Steps whose results are needed at once: keys, timestamps, windows; and those without a function. */
function modelStep(stage: StageRuntime, node: StageNode, next: Consume): Consume {
  const { index } = node;
  const { primitive } = node.step;
  const { assign, isAtomic } = stage.node(index);
  const guarded = (run: () => unknown, ...call: Parameters<Invoke>): unknown => {
    stage.at = index;
    try {
      return run();
    } catch (error) {
      return stage.fail(index, error, ...call);
    }
  };
  switch (primitive.kind) {
    case 'KeyBy':
      return (value, ...at) => {
        let key = guarded(() => primitive.fn(value), value, ...at);
        if (key === undefined || isThenable(key)) key = stage.badKey(index, key, value, ...at);
        if (key === LEFT) return;
        if (isAtomic) stage.settle(index);
        next({ key, value }, ...at);
      };
    case 'WithTimestamps':
      return (value, timestamp, windows, pane) => {
        let given = guarded(() => primitive.fn(value), value, timestamp, windows, pane);
        if (!(typeof given === 'number' && given >= timestamp && given <= MAX_TIMESTAMP)) {
          given = stage.badTimestamp(index, given, value, timestamp, windows, pane);
        }
        if (given === LEFT) return;
        if (isAtomic) stage.settle(index);
        // What is no number was refused.
        next(value, given as Timestamp, windows, pane);
      };
    case 'AssignWindows':
      return (value, timestamp, windows, pane) => {
        const assigned = guarded(() => assign?.(timestamp, value), value, timestamp, windows, pane);
        // windowAssigner throws unless it has a list of windows.
        const given = assigned as typeof windows;
        if (given.length > 0) next(value, timestamp, given, pane);
      };
    default:
      return next;
  }
}

/** Steps whose functions may be async. */
function userStep(stage: StageRuntime, node: StageNode, next: Consume): Consume {
  const { index } = node;
  const { kind } = node.step.primitive;
  const { ring, invoker, isAtomic, collects } = stage.node(index);
  const gives = kind === 'FlatMap' || kind === 'ParDo';
  const passOn = gives ? manyOutputs(stage, node, next) : undefined;
  return (...call) => {
    stage.at = index;
    let result: unknown;
    try {
      result = ring.isBusy ? stage.call(index, ...call) : invoker.call(...call);
      if (collects) result = stage.collect(index, result);
    } catch (error) {
      result = stage.fail(index, error, ...call);
    }
    if (isThenable(result) || (gives && isAsyncIterable(result))) return stage.enqueue(index, result, ...call);
    if (isAtomic) stage.settle(index);
    const [value, timestamp, windows, pane] = call;
    if (passOn) passOn(result, call);
    else if (kind === 'Filter') {
      if (result) next(value, timestamp, windows, pane);
    } else if (kind === 'MapValues') {
      // Its input is a key-value pair by the type of mapValues.
      next({ key: (value as { key: unknown }).key, value: result }, timestamp, windows, pane);
    } else next(result, timestamp, windows, pane);
  };
}

function manyOutputs(stage: StageRuntime, node: StageNode, next: Consume) {
  const { index } = node;
  const isParDo = node.step.primitive.kind === 'ParDo';
  return (result: unknown, [value, timestamp, windows, pane]: Parameters<Invoke>): void => {
    let chunks: Chunks | null = null;
    let outputs: readonly unknown[];
    if (Array.isArray(result)) outputs = result;
    else if (isParDo && result === undefined) outputs = [];
    else {
      chunks = stage.chunks(index, result, value);
      outputs = chunks.next();
    }
    for (;;) {
      if (isParDo) stage.drain(index, timestamp, windows, pane);
      for (let i = 0; i < outputs.length; i++) {
        const output = outputs[i];
        if (isParDo && OutputAt.is(output)) next(...stage.outputAt(index, output, timestamp, windows), pane);
        else next(output, timestamp, windows, pane);
        if (stage.full) return stage.suspend(index, outputs, i + 1, chunks, timestamp, windows, pane);
      }
      if (chunks === null) return;
      outputs = chunks.next();
      if (outputs.length === 0) {
        if (isParDo) stage.drain(index, timestamp, windows, pane);
        return;
      }
    }
  };
}

/** Makes segments of closures. */
export const interpretSegment: SegmentCompiler = (stage, nodeIndex, tag) => {
  const targets = outputTargets(stage, nodeIndex, tag);
  const run = interpreted(stage, targets);
  return { run, runCarefully: run, rings: [], steps: reachedFrom(targets) };
};

/** The targets of one output of a node, or (node undefined) of the stage's entry; behind {@link INTO} is the node itself. */
export function outputTargets(stage: StageRuntime, nodeIndex: number | undefined, tag: string): readonly Target[] {
  if (nodeIndex === undefined) return stage.spec.entry.get(tag) ?? [];
  const { node } = stage.node(nodeIndex);
  return tag === INTO ? [{ kind: 'node', node }] : targetsOf(node, tag);
}

/** What follows one output, as closures; they are made when it is first run. */
export function interpreted(stage: StageRuntime, targets: readonly Target[]): RunSegment {
  let consume: Consume | undefined;
  return (batch, from, to) => {
    consume ??= consumerOf(stage, targets);
    stage.batch = batch;
    let i = from;
    for (; i < to && !stage.full; i++) {
      stage.i = i;
      consume(
        batch.values[i],
        batch.timestamps?.[i] ?? batch.timestamp,
        batch.windowsColumn?.[i] ?? batch.windows,
        batch.panes?.[i] ?? batch.pane,
      );
    }
    return i;
  };
}
