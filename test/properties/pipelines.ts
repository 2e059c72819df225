// The random pipelines, built with Viga: each collection is written to a sink that shows what it was given.
import {
  asIterable,
  asList,
  asMap,
  asMultimap,
  asSingleton,
  type Counter,
  counter,
  create,
  type DeadLetter,
  distinct,
  flatten,
  fullJoin,
  innerJoin,
  leftJoin,
  outputAt,
  outputTag,
  type PCollection,
  Pipeline,
  read,
  reshuffle,
  rightJoin,
  splittableParDo,
  type StepOptions,
  write,
} from '../../index.ts';
import * as fn from './functions.ts';
import { type Call, hasDeadLetters, type Op } from './graphs.ts';
import { rowsSink } from './rows-sink.ts';
import {
  bundles,
  called,
  DIGEST,
  inForm,
  lazily,
  letterText,
  MEAN,
  numbers,
  observed,
  severalRead,
  SUM,
  waitFor,
} from './user-code.ts';
import { window } from './windows.ts';

type Numbers = PCollection<number>;

/** A pipeline with what its sinks were given; lines are there after a run. */
export interface Built {
  readonly pipeline: Pipeline;
  readonly outputs: readonly (readonly string[])[];
  readonly letters: ReadonlyMap<string, readonly string[]>;
  /** The counter of a step's calls: 1 when one starts, 100 when it succeeds. */
  readonly calls: Counter;
}

const JOINS = { inner: innerJoin, left: leftJoin, right: rightJoin, full: fullJoin };

/** Builds a pipeline of steps that `resolve` has made sound. */
export function build(ops: readonly Op[]): Built {
  const builder = new Builder();
  ops.forEach((op, i) => builder.add(op, `s${i}`));
  return builder.finish();
}

class Builder {
  readonly #pipeline = new Pipeline();
  readonly #calls = counter('properties', 'calls');
  readonly #collections: Numbers[] = [];
  readonly #letters = new Map<string, string[]>();

  finish(): Built {
    const outputs = this.#collections.map((collection, i) => {
      const lines: string[] = [];
      collection.apply(write(rowsSink(lines), { name: `out${i}` }));
      return lines;
    });
    return { pipeline: this.#pipeline, outputs, letters: this.#letters, calls: this.#calls };
  }

  #at(i: number): Numbers {
    const collection = this.#collections[i];
    if (collection === undefined) throw new Error(`there is no collection ${i}`);
    return collection;
  }

  /** Options of a step with user code; its dead letters become the collection after its outputs. */
  #options(step: string, call: Call, after: Numbers[]): StepOptions<number> {
    return {
      name: step,
      unordered: call.unordered,
      ...(call.attempts > 1 ? { retry: { attempts: call.attempts, backoff: 0 } } : {}),
      ...(call.concurrency === undefined ? {} : { concurrency: call.concurrency }),
      ...(hasDeadLetters(call) ? { deadLetters: (failed) => after.push(this.#failed(step, failed)) } : {}),
    };
  }

  #failed(step: string, failed: PCollection<DeadLetter<number>>): Numbers {
    const lines: string[] = [];
    this.#letters.set(step, lines);
    failed
      .map((letter) => letterText(letter), { name: `${step} letters` })
      .apply(
        write(
          rowsSink(lines, (value) => String(value)),
          { name: `${step} letters out` },
        ),
      );
    return failed.map(({ element }) => element, { name: `${step} failed` });
  }

  add(op: Op, step: string): void {
    const after: Numbers[] = [];
    this.#collections.push(...this.#outputs(op, step, after), ...after);
  }

  #outputs(op: Op, step: string, after: Numbers[]): readonly Numbers[] {
    switch (op.op) {
      case 'create':
        return [
          this.#pipeline.apply(
            create(op.values, op.timestamps === undefined ? { name: step } : { name: step, timestamps: op.timestamps }),
          ),
        ];
      case 'read':
        return [this.#pipeline.apply(read(numbers(op), { name: step }))];
      case 'map':
        return [
          this.#at(op.in).map(
            this.#called(op.call, (v) => fn.mapped(v, op.n)),
            this.#options(step, op.call, after),
          ),
        ];
      case 'filter':
        return [
          this.#at(op.in).filter(
            this.#called(op.call, (v) => fn.isKept(v, op.n)),
            this.#options(step, op.call, after),
          ),
        ];
      case 'mapValues':
        return [this.#mapValues(op, step, after)];
      case 'flatMap':
        return [
          this.#at(op.in).flatMap(
            this.#called(op.call, (v) => inForm(fn.several(v, op.n), op.form)),
            this.#options(step, op.call, after),
          ),
        ];
      case 'parDo':
        return this.#parDo(op, step, after);
      case 'flatten':
        return [
          flatten(
            op.ins.map((i) => this.#at(i)),
            { name: step, pipeline: this.#pipeline },
          ),
        ];
      case 'join':
        return [this.#join(op, step)];
      case 'side':
        return [this.#side(op, step)];
      default:
        return [this.#one(op, this.#at(op.in), step)];
    }
  }

  #called<R>(call: Call, use: (value: number) => R): (value: number) => R | Promise<R> {
    return called(call, this.#calls, use);
  }

  #one(op: Extract<Op, { in: number }>, input: Numbers, step: string): Numbers {
    switch (op.op) {
      case 'observe':
        return input.map((value, { timestamp, window: w, pane }) => observed(value, timestamp, w, pane.timing), {
          name: step,
        });
      case 'chain': {
        let chain = input;
        for (let i = 0; i < 45; i++) chain = chain.map((value) => value + 1, { name: `${step} ${i}` });
        return chain.map((value) => value + op.n, { name: `${step} end` });
      }
      case 'reshuffle':
        return input.apply(reshuffle(), { name: step });
      case 'split':
        return input.apply(splittableParDo(severalRead(op.n), { name: step }));
      case 'distinct':
        return input.apply(distinct(), { name: step });
      case 'bundles':
        return bundles(input, step, op.isAsync);
      case 'window':
        return input.windowInto(window(op.kind), { name: step, timestampCombiner: op.combiner });
      case 'stamp':
        return input.withTimestamps((value) => fn.stampOf(value, op.n), { name: step, allowedTimestampSkew: 1e16 });
      case 'group':
        return input
          .keyBy((value) => fn.keyOf(value, op.n, op.keys), { name: `${step} key` })
          .groupByKey({ name: `${step} group` })
          .map(({ value }) => fn.digest(value), { name: `${step} value` });
      case 'combine':
        return input
          .keyBy((value) => fn.keyOf(value, op.n, op.keys), { name: `${step} key` })
          .combinePerKey(
            op.fn === 'sum'
              ? SUM
              : op.fn === 'list'
                ? (DIGEST as unknown as typeof SUM)
                : (MEAN as unknown as typeof SUM),
            {
              name: `${step} group`,
            },
          )
          .map(({ value }) => value, { name: `${step} value` });
      default:
        throw new Error(`${op.op} is built elsewhere`);
    }
  }

  #mapValues(op: Op & { op: 'mapValues' | 'map' | 'filter' }, step: string, after: Numbers[]): Numbers {
    const use = this.#called(op.call, (v) => fn.mapped(v, op.n));
    const { deadLetters: _numbers, ...options } = this.#options(step, op.call, after);
    return this.#at(op.in)
      .keyBy((value) => value % 3, { name: `${step} key` })
      .mapValues((value) => use(value), {
        ...options,
        ...(hasDeadLetters(op.call)
          ? {
              deadLetters: (failed: PCollection<DeadLetter<{ key: number; value: number }>>) =>
                after.push(
                  this.#failed(
                    step,
                    failed.map((letter) => ({ ...letter, element: letter.element.value }), { name: `${step} unkeyed` }),
                  ),
                ),
            }
          : {}),
      })
      .map(({ value }) => value, { name: `${step} value` });
  }

  #parDo(op: Op & { op: 'parDo' }, step: string, after: Numbers[]): readonly Numbers[] {
    const use = this.#called(op.call, (v) => v);
    const { main, odd } = this.#at(op.in).parDo({
      ...this.#options(step, op.call, after),
      outputs: { odd: outputTag<number>() },
      process(value: number, { timestamp, emit }) {
        const emitOdd = (): void => {
          if (value % 2 !== 1) return;
          if (op.n % 2 === 1) emit.odd(value, fn.later(timestamp, op.delta));
          else emit.odd(value);
        };
        const give = (): Iterable<number | ReturnType<typeof outputAt<number>>> =>
          fn.several(value, op.n).map((one, j) => (j === 0 ? outputAt(one, fn.later(timestamp, op.delta)) : one));
        if (op.n % 3 === 0) emitOdd();
        const done = use(value);
        const finish = () => {
          if (op.n % 3 !== 0) emitOdd();
          return give();
        };
        if (op.delta % 3 === 0) return typeof done === 'object' ? done.then(finish) : finish();
        if (op.delta % 3 === 1) {
          return (async function* () {
            await done;
            yield* finish();
          })();
        }
        return typeof done === 'object' ? done.then(() => lazily(finish)) : lazily(finish);
      },
    });
    return [main, odd];
  }

  #join({ in: left, other, how }: Op & { op: 'join' }, step: string): Numbers {
    const keyed = (input: Numbers, side: string) => input.keyBy((value) => value % 5, { name: `${step} ${side}` });
    const pairs = keyed(this.#at(left), 'left').apply(JOINS[how](keyed(this.#at(other), 'right')), { name: step });
    return pairs.map(({ value: [l, r] }) => ((l ?? 500) * 31 + (r ?? 500)) % fn.SPREAD, { name: `${step} pair` });
  }

  #side({ in: main, side, view, isAsync }: Op & { op: 'side' }, step: string): Numbers {
    const seen = this.#at(side);
    const input = this.#at(main);
    const later = (n: number): number | Promise<number> => (isAsync ? waitFor(n % 3).then(() => n) : n);
    const give = (value: number, n: number) => later((value + n) % fn.SPREAD);
    const byThree = seen.keyBy((value) => value % 3, { name: `${step} side key` });
    switch (view) {
      case 'iterable':
        return input.map((v, { sideInputs }) => give(v, fn.digest(sideInputs.seen)), {
          name: step,
          sideInputs: { seen: asIterable(seen) },
        });
      case 'list':
        return input.map((v, { sideInputs }) => give(v, fn.digest(sideInputs.seen)), {
          name: step,
          sideInputs: { seen: asList(seen) },
        });
      case 'multimap':
        return input.map((v, { sideInputs }) => give(v, fn.digest(sideInputs.seen.get(v % 3))), {
          name: step,
          sideInputs: { seen: asMultimap(byThree) },
        });
      case 'map':
        return input.map((v, { sideInputs }) => give(v, sideInputs.seen.get(v % 3) ?? 5), {
          name: step,
          sideInputs: { seen: asMap(byThree.combinePerKey(SUM, { name: `${step} side sum` })) },
        });
      case 'singleton':
        return input.map((v, { sideInputs }) => give(v, sideInputs.seen), {
          name: step,
          sideInputs: { seen: asSingleton(seen.combineGlobally(SUM, { name: `${step} side sum` })) },
        });
      default:
        return view satisfies never;
    }
  }
}
