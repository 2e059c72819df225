import { OutputAt } from '../../model/index.ts';
import { singletonLists } from './assign-windows.ts';
import { observesWindow, SKIP } from './invoke.ts';
import { type Target, targetsOf, type StageNode, isThenable } from './stage.ts';
import type { Segment, SegmentCompiler, StageRuntime } from './stage-runtime.ts';
import { isAsyncIterable } from './chunks.ts';

// Prints the part of a stage that follows one output as the text of one function, and makes it. Steps are nested blocks
// around their consumers, user functions are parameters, what is rare is a call of StageRuntime (`S`).
// docs/decisions/0001-stage-compiler.md has the form and its figures.

/** After so many nested steps a function of its own begins: V8 does not optimize functions of any size. */
const LONGEST_NEST = 40;

/** The variables that hold the element at some place of the text. */
interface Names {
  readonly v: string;
  readonly t: string;
  readonly w: string;
  readonly p: string;
}

const PARAMETERS: Names = { v: 'v', t: 't', w: 'w', p: 'p' };

class Printer {
  readonly parameters = new Map<string, unknown>();
  readonly functions: string[] = [];
  /** Nodes counted in the loop itself, and those counted in functions of their own. */
  readonly counted = new Set<number>();
  readonly #printed = new Set<number>();
  readonly #stage: StageRuntime;

  constructor(stage: StageRuntime) {
    this.#stage = stage;
  }

  targets(targets: readonly Target[], names: Names, depth: number): string {
    return targets
      .map((target) => {
        if (target.kind === 'node') return this.#node(target.node, names, depth);
        const { edge } = target;
        const e = `e${this.#stage.spec.nodes.length}_${this.parameters.size}`;
        this.parameters.set(e, edge);
        return `${e}.add(${names.v}, ${names.t}, ${names.w}, ${names.p}); if (${e}.isFull) S.full = true;`;
      })
      .join('\n');
  }

  #node(node: StageNode, names: Names, depth: number): string {
    if (node.incoming < 2 && depth % LONGEST_NEST !== LONGEST_NEST - 1) return this.#windows(node, names, depth);
    if (!this.#printed.has(node.index)) {
      this.#printed.add(node.index);
      this.functions.push(`function g${node.index}(v, t, w, p) {\n${this.#windows(node, PARAMETERS, 0)}\n}`);
    }
    return `g${node.index}(${names.v}, ${names.t}, ${names.w}, ${names.p});`;
  }

  #windows(node: StageNode, names: Names, depth: number): string {
    if (!this.#stage.node(node.index).explodesWindows) return this.#step(node, names, depth);
    const w = `x${node.index}`;
    return `for (let i${node.index} = 0; i${node.index} < ${names.w}.length; i${node.index}++) {
const ${w} = ${names.w}.length === 1 ? ${names.w} : single(${names.w}[i${node.index}]);
${this.#step(node, { ...names, w }, depth)}
}`;
  }

  #step(node: StageNode, names: Names, depth: number): string {
    const { index, step } = node;
    const { v, t, w } = names;
    const rest = (changed: Partial<Names>): string => {
      this.counted.add(index);
      return `c${index}++;\n${this.targets(targetsOf(node), { ...names, ...changed }, depth + 1)}`;
    };
    switch (step.primitive.kind) {
      case 'Map':
        return this.#async(node, names, (r) => rest({ v: r }));
      case 'Filter':
        return this.#async(node, names, (r) => `if (${r}) {\n${rest({})}\n}`);
      case 'MapValues':
        return this.#async(node, names, (r) => {
          const o = `o${index}`;
          return `const ${o} = { key: ${v}.key, value: ${r} };\n${rest({ v: o })}`;
        });
      case 'FlatMap':
      case 'ParDo':
        return this.#many(node, names, rest);
      case 'KeyBy': {
        const o = `o${index}`;
        return `${this.#call(node, names, `${this.#fn(node)}(${v})`)}
if (r${index} === undefined || isThenable(r${index})) S.badKey(${index}, r${index}, ${v});
const ${o} = { key: r${index}, value: ${v} };
${rest({ v: o })}`;
      }
      case 'WithTimestamps':
        return `${this.#call(node, names, `${this.#fn(node)}(${v})`)}
if (!(r${index} >= -8.64e15 && r${index} <= 8.64e15)) S.badTimestamp(${index}, r${index}, ${v});
if (r${index} < ${t}) S.checkSkew(${index}, r${index}, ${t}, ${v});
${rest({ t: `r${index}` })}`;
      case 'AssignWindows': {
        this.parameters.set(`a${index}`, this.#stage.node(index).assign);
        return `${this.#call(node, names, `a${index}(${t}, ${v})`)}\n${rest({ w: `r${index}` })}`;
      }
      default:
        return rest({ w });
    }
  }

  /** The function of a step whose only argument is the element. */
  #fn(node: StageNode): string {
    const { primitive } = node.step;
    this.parameters.set(`f${node.index}`, 'fn' in primitive ? primitive.fn : undefined);
    return `f${node.index}`;
  }

  /** A call with its own catch: it knows the step's own element, and V8 still removes objects between steps. */
  #call({ index }: StageNode, { v, t, w, p }: Names, call: string): string {
    return `S.at = ${index};
let r${index};
try { r${index} = ${call}; } catch (error) { r${index} = S.fail(${index}, error, ${v}, ${t}, ${w}, ${p}); }`;
  }

  #invocation(node: StageNode, names: Names): string {
    const { index, step } = node;
    const { v, t, w, p } = names;
    const { kind } = step.primitive;
    if (kind !== 'ParDo' && !observesWindow(node)) {
      return kind === 'MapValues' ? `${this.#fn(node)}(${v}.value, ${v}.key)` : `${this.#fn(node)}(${v})`;
    }
    this.parameters.set(`f${index}`, this.#stage.node(index).invoker.call);
    return `f${index}(${v}, ${t}, ${w}, ${p})`;
  }

  #async(node: StageNode, names: Names, rest: (result: string) => string): string {
    const { index } = node;
    const { v, t, w, p } = names;
    const { isAtomic, ring } = this.#stage.node(index);
    this.parameters.set(`q${index}`, ring);
    const r = `r${index}`;
    return `if (q${index}.size !== 0) S.later(${index}, ${v}, ${t}, ${w}, ${p});
else {
${this.#call(node, names, this.#invocation(node, names))}
if (typeof ${r} === 'object' && ${r} !== null && typeof ${r}.then === 'function') S.enqueue(${index}, ${r}, ${v}, ${t}, ${w}, ${p});
${isAtomic ? `else if (${r} !== SKIP) { S.settle(${index});` : 'else {'}
${rest(r)}
}
}`;
  }

  #many(node: StageNode, names: Names, rest: (changed: Partial<Names>) => string): string {
    const { index, step } = node;
    const { v, t, w, p } = names;
    const { isAtomic, ring } = this.#stage.node(index);
    this.parameters.set(`q${index}`, ring);
    const isParDo = step.primitive.kind === 'ParDo';
    const [r, a, m, o] = [`r${index}`, `a${index}`, `m${index}`, `o${index}`];
    const call = this.#invocation(node, names);
    const drain = isParDo ? `S.drain(${index}, ${t}, ${w}, ${p});` : '';
    const changed = isParDo ? { v: o, t: `t${index}`, w: `w${index}` } : { v: o };
    const resolve = isParDo
      ? `let t${index} = ${t}, w${index} = ${w};
if (${o} instanceof OutputAt) [${o}, t${index}, w${index}] = S.outputAt(${index}, ${o}, ${t}, ${w});`
      : '';
    return `if (q${index}.size !== 0) S.later(${index}, ${v}, ${t}, ${w}, ${p});
else {
${this.#call(node, names, isAtomic ? `S.collect(${index}, ${call})` : call)}
let ${a}, ${m} = null;
if (Array.isArray(${r})) ${a} = ${r};
else if (${r} === SKIP${isParDo ? ` || ${r} === undefined` : ''}) ${a} = EMPTY;
else if (isLater(${r})) { S.enqueue(${index}, ${r}, ${v}, ${t}, ${w}, ${p}); ${a} = EMPTY; }
else { ${m} = S.chunks(${index}, ${r}, ${v}); ${a} = ${m}.next(); }
${drain}
l${index}: for (;;) {
for (let j${index} = 0; j${index} < ${a}.length; j${index}++) {
let ${o} = ${a}[j${index}];
${resolve}
${rest(changed)}
if (S.full) { S.suspend(${index}, ${a}, j${index} + 1, ${m}, ${t}, ${w}, ${p}); break l${index}; }
}
if (${m} === null) break;
${a} = ${m}.next();
${drain}
if (${a}.length === 0) break;
}
}`;
  }
}

const isLater = (value: unknown): boolean => isThenable(value) || isAsyncIterable(value);

/** Makes segments by printing them. Only where functions may be made from text. */
export const generateSegment: SegmentCompiler = (stage, nodeIndex, tag) => {
  const printer = new Printer(stage);
  const targets =
    nodeIndex === undefined ? (stage.spec.entry.get(tag) ?? []) : targetsOf(stage.node(nodeIndex).node, tag);
  const body = printer.targets(targets, PARAMETERS, 0);
  const counters = [...printer.counted];
  const text = `'use strict';
const { S, SKIP, OutputAt, EMPTY, single, isThenable, isLater, ${[...printer.parameters.keys()].join(', ')} } = P;
${counters.map((index) => `let c${index} = 0;`).join('\n')}
${printer.functions.join('\n')}
// ${stage.spec.name.replaceAll(/[^\w/() -]/g, '_')}
return function segment(B, from) {
const values = B.values, T = B.timestamps, W = B.windowsColumn, Q = B.panes, n = B.length;
const bt = B.timestamp, bw = B.windows, bp = B.pane;
let i = from;
S.batch = B;
for (; i < n; i++) {
S.i = i;
const v = values[i], t = T === null ? bt : T[i], w = W === null ? bw : W[i], p = Q === null ? bp : Q[i];
${body}
if (S.full) { i++; break; }
}
${counters.map((index) => `S.count(${index}, c${index}); c${index} = 0;`).join('\n')}
return i;
};`;
  const parameters = {
    S: stage,
    SKIP,
    OutputAt,
    EMPTY: [],
    single: singletonLists(),
    isThenable,
    isLater,
    ...Object.fromEntries(printer.parameters),
  };
  // The text is made of the names above and of nothing that a user wrote: functions come in as parameters.
  return new Function('P', text)(parameters) as Segment;
};

/** Whether this process may make functions from text. */
export function mayGenerate(): boolean {
  try {
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}
