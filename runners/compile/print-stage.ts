import {
  isAsyncIterable,
  isThenable,
  mayLoseElements,
  observesWindow,
  type StageNode,
  type StageRuntime,
  type Target,
  targetsOf,
} from '../execution/index.ts';

// Prints what follows one output of a stage as text: steps are nested blocks around their consumers, user functions are
// parameters, what is rare is a call of StageRuntime (`S`). docs/decisions/0001-stage-compiler.md has the form and figures.
//
// Counting costs nothing where it can be known otherwise: a step that gives one element for one gives out as many as came in,
// less those that left the loop (`x` of its index: promises, dead letters). Filters and fan-outs have a counter (`c`).
//
// The printed loop only runs while no call is pending and all functions have been seen to be sync; when a promise shows up it
// ends after that element, and interpret.ts goes on. So steps before the first fan-out need not ask their rings; behind one,
// and in functions of their own, rings are asked. A call that the loop may make elsewhere costs even if it is never made:
// V8 then knows nothing of the type of what comes back (21 ns for ten steps in place of 9). All that leaves the loop looks
// like a promise, so one test finds it.

/** After so many nested steps a function of its own begins: V8 does not optimize functions of any size. */
const LONGEST_NEST = 40;

/** What is known at some place of the text. */
interface Place {
  /** The variables that hold the element. */
  readonly v: string;
  readonly t: string;
  readonly w: string;
  readonly p: string;
  /** How many elements have come here, as an expression; undefined where only a counter can tell. */
  readonly flow: string | undefined;
  /** Whether this is in a function of its own, outside the loop. */
  readonly isApart: boolean;
  readonly isFree: boolean;
  readonly depth: number;
  /** The variables that make up the pair `v`, where it is one that the step before makes. */
  readonly pair: { readonly key: string; readonly value: string } | undefined;
}

const APART: Place = {
  v: 'v',
  t: 't',
  w: 'w',
  p: 'p',
  flow: undefined,
  isApart: true,
  isFree: false,
  depth: 0,
  pair: undefined,
};
const IN_LOOP: Place = { ...APART, flow: 'i - from', isApart: false, isFree: true };

/** The text of a stage, part by part. */
export class StagePrinter {
  /** What the text uses, by name. */
  readonly parameters = new Map<string, unknown>();
  readonly functions: string[] = [];
  /** Variables of the loop, and of all functions. */
  readonly locals = new Set<string>();
  readonly shared = new Set<string>();
  /** What a node gave out, as an expression. */
  readonly counts = new Map<number, string>();
  readonly #printed = new Set<number>();
  readonly #stage: StageRuntime;

  constructor(stage: StageRuntime) {
    this.#stage = stage;
  }

  /** The body of the loop over a batch. */
  print(targets: readonly Target[]): string {
    return this.#targets(targets, IN_LOOP);
  }

  #targets(targets: readonly Target[], place: Place): string {
    const { v, t, w, p } = place;
    return targets
      .map((target) => {
        if (target.kind === 'node') return this.#node(target.node, place);
        const e = `e${this.parameters.size}`;
        this.parameters.set(e, target.edge);
        const at = target.edge.ignoresTimestamps ? '0' : t;
        const { key, value } = place.pair ?? { key: `${v}.key`, value: `${v}.value` };
        if (target.edge.addPair !== undefined) return `${e}.addPair(${key}, ${value}, ${at}, ${w});`;
        return `${e}.add(${v}, ${at}, ${w}, ${p}); if (${e}.isFull) S.full = true;`;
      })
      .join('\n');
  }

  #node(node: StageNode, place: Place): string {
    const { index, incoming } = node;
    if (incoming < 2 && place.depth < LONGEST_NEST) return this.#windows(node, place);
    if (!this.#printed.has(index)) {
      this.#printed.add(index);
      this.functions.push(`function g${index}(v, t, w, p) {\n${this.#windows(node, APART)}\n}`);
    }
    return `g${index}(${place.v}, ${place.t}, ${place.w}, ${place.p});`;
  }

  #windows(node: StageNode, place: Place): string {
    const { index } = node;
    if (!this.#stage.node(index).explodesWindows) return this.#step(node, place);
    const { w } = place;
    const x = `y${index}`;
    return `for (let i${index} = 0; i${index} < ${w}.length; i${index}++) {
const ${x} = ${w}.length === 1 ? ${w} : single(${w}[i${index}]);
${this.#step(node, { ...place, w: x, flow: undefined, isFree: false })}
}`;
  }

  #step(node: StageNode, given: Place): string {
    const place = { ...given, pair: undefined };
    const { index, step } = node;
    const { v, t } = place;
    const r = `r${index}`;
    switch (step.primitive.kind) {
      case 'Map':
        return this.#async(node, place, (inner) => this.#rest(node, { ...inner, v: r }));
      case 'Filter':
        return this.#async(
          node,
          place,
          (inner) => `if (${r}) {\n${this.#rest(node, { ...inner, flow: undefined })}\n}`,
        );
      case 'MapValues':
        return this.#async(node, place, (inner) => this.#pair(node, inner, { key: `${v}.key`, value: r }));
      case 'FlatMap':
      case 'ParDo':
        return this.#many(node, place);
      case 'KeyBy':
        return this.#sync(node, place, {
          isBad: `${r} === undefined || isThenable(${r})`,
          refuse: 'badKey',
          rest: (inner) => this.#pair(node, inner, { key: r, value: v }),
        });
      case 'WithTimestamps':
        return this.#sync(node, place, {
          isBad: `!(${r} >= -8.64e15 && ${r} <= 8.64e15) || ${r} < ${t}`,
          refuse: 'badTimestamp',
          rest: (inner) => this.#rest(node, { ...inner, t: r }),
        });
      case 'AssignWindows':
        this.parameters.set(`a${index}`, this.#stage.node(index).assign);
        return `${this.#call(node, place, `a${index}(${t}, ${v})`)}\n${this.#assigned(node, { ...place, w: r })}`;
      default:
        return this.#rest(node, place);
    }
  }

  #assigned(node: StageNode, place: Place): string {
    return mayLoseElements(node)
      ? `if (${place.w}.length !== 0) {\n${this.#rest(node, { ...place, flow: undefined })}\n}`
      : this.#rest(node, place);
  }

  /** What follows a step that makes a pair: the object itself only where something takes it as such. */
  #pair(node: StageNode, place: Place, pair: { readonly key: string; readonly value: string }): string {
    const o = `o${node.index}`;
    const isTaken = targetsOf(node).some((target) => target.kind === 'node' || target.edge.addPair === undefined);
    const made = isTaken ? `const ${o} = { key: ${pair.key}, value: ${pair.value} };\n` : '';
    return `${made}${this.#rest(node, { ...place, v: o, pair })}`;
  }

  /** A step whose result is needed at once: some results are refused, which may make a dead letter of the element. */
  #sync(
    node: StageNode,
    place: Place,
    step: { readonly isBad: string; readonly refuse: string; readonly rest: (inner: Place) => string },
  ): string {
    const { index } = node;
    const { v, t, w, p, flow } = place;
    const r = `r${index}`;
    const call = `${this.#call(node, place, `${this.#fn(node)}(${v})`)}
if (${step.isBad}) ${r} = S.${step.refuse}(${index}, ${r}, ${v}, ${t}, ${w}, ${p});`;
    if (!this.#stage.node(index).isAtomic) return `${call}\n${step.rest(place)}`;
    const x = `x${index}`;
    if (flow !== undefined) this.locals.add(x);
    return `${call}
if (${r} === LEFT) { ${flow === undefined ? '' : `${x}++;`} }
else {
S.settle(${index});
${step.rest({ ...place, flow: flow === undefined ? flow : `${flow} - ${x}` })}
}`;
  }

  /** What follows a step: it is counted, then its consumers come. */
  #rest(node: StageNode, place: Place): string {
    const inner = { ...place, depth: place.depth + 1 };
    if (place.flow !== undefined) {
      this.counts.set(node.index, place.flow);
      return this.#targets(targetsOf(node), inner);
    }
    const c = `c${node.index}`;
    this.counts.set(node.index, c);
    (place.isApart ? this.shared : this.locals).add(c);
    return `${c}++;\n${this.#targets(targetsOf(node), place.isApart ? inner : { ...inner, flow: c })}`;
  }

  /** The function of a step whose only argument is the element. */
  #fn(node: StageNode): string {
    const { primitive } = node.step;
    this.parameters.set(`f${node.index}`, 'fn' in primitive ? primitive.fn : undefined);
    return `f${node.index}`;
  }

  /** A call with its own catch: it knows the step's own element, and V8 still removes objects between steps. */
  #call({ index }: StageNode, { v, t, w, p }: Place, call: string): string {
    return `S.at = ${index};
let r${index};
try { r${index} = ${call}; } catch (error) { r${index} = S.fail(${index}, error, ${v}, ${t}, ${w}, ${p}); }`;
  }

  /** The call of a function that may be async: through the stage where calls are pending, or it is not known to be sync. */
  #invocation(node: StageNode, { v, t, w, p, isFree }: Place): string {
    const { index, step } = node;
    const { kind } = step.primitive;
    const { invoker, ring } = this.#stage.node(index);
    let call: string;
    if (kind !== 'ParDo' && !observesWindow(node)) {
      call = kind === 'MapValues' ? `${this.#fn(node)}(${v}.value, ${v}.key)` : `${this.#fn(node)}(${v})`;
    } else {
      this.parameters.set(`f${index}`, invoker.call);
      call = `f${index}(${v}, ${t}, ${w}, ${p})`;
    }
    if (!isFree) this.parameters.set(`q${index}`, ring);
    return isFree ? call : `q${index}.isBusy ? S.call(${index}, ${v}, ${t}, ${w}, ${p}) : ${call}`;
  }

  #async(node: StageNode, place: Place, rest: (inner: Place) => string): string {
    const { index } = node;
    const { v, t, w, p, flow } = place;
    const r = `r${index}`;
    const x = `x${index}`;
    if (flow !== undefined) this.locals.add(x);
    return `${this.#call(node, place, this.#invocation(node, place))}
if (typeof ${r} === 'object' && ${r} !== null && typeof ${r}.then === 'function') {
${flow === undefined ? '' : `${x}++;`} S.enqueue(${index}, ${r}, ${v}, ${t}, ${w}, ${p});
} else {
${this.#stage.node(index).isAtomic ? `S.settle(${index});` : ''}
${rest({ ...place, flow: flow === undefined ? flow : `${flow} - ${x}` })}
}`;
  }

  #many(node: StageNode, place: Place): string {
    const { index, step } = node;
    const { v, t, w, p } = place;
    const { collects } = this.#stage.node(index);
    const isParDo = step.primitive.kind === 'ParDo';
    const [r, a, m, o] = [`r${index}`, `a${index}`, `m${index}`, `o${index}`];
    const call = this.#invocation(node, place);
    const drain = isParDo ? `S.drain(${index}, ${t}, ${w}, ${p});` : '';
    const changed = isParDo ? { v: o, t: `t${index}`, w: `w${index}` } : { v: o };
    const resolve = isParDo
      ? `let t${index} = ${t}, w${index} = ${w};
if (${o} instanceof OutputAt) [${o}, t${index}, w${index}] = S.outputAt(${index}, ${o}, ${t}, ${w});`
      : '';
    return `${this.#call(node, place, collects ? `S.collect(${index}, ${call})` : call)}
let ${a}, ${m} = null;
if (Array.isArray(${r})) ${a} = ${r};
${isParDo ? `else if (${r} === undefined) ${a} = EMPTY;` : ''}
else if (isLater(${r})) { S.enqueue(${index}, ${r}, ${v}, ${t}, ${w}, ${p}); ${a} = EMPTY; }
else { ${m} = S.chunks(${index}, ${r}, ${v}); ${a} = ${m}.next(); }
${drain}
l${index}: for (;;) {
for (let j${index} = 0; j${index} < ${a}.length; j${index}++) {
let ${o} = ${a}[j${index}];
${resolve}
${this.#rest(node, { ...place, ...changed, flow: undefined, isFree: false })}
if (S.full) { S.suspend(${index}, ${a}, j${index} + 1, ${m}, ${t}, ${w}, ${p}); break l${index}; }
}
if (${m} === null) break;
${a} = ${m}.next();
${drain}
if (${a}.length === 0) break;
}`;
  }
}

/** Whether a result is something to wait for. */
export const isLater = (value: unknown): boolean => isThenable(value) || isAsyncIterable(value);
