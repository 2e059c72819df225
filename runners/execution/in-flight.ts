import { MAIN } from '../../model/index.ts';
import { type Batch, BatchBuilder, sharedBatch } from './batch.ts';
import type { Firing } from './firings.ts';
import { SKIP } from './invoke.ts';
import type { KeyedAccess } from './keyed-access.ts';
import { hasBundleFunctions } from './life-cycle.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { AFTER_COMMIT, WithEmissions } from './outputs.ts';
import { outputBatch } from './results.ts';
import type { RingEntry } from './ring.ts';
import type { Segments } from './segments.ts';
import type { Resumable } from './suspended.ts';

/** The tag of what a step is given, where else one of its outputs stands; a user's tag can't hold a colon. */
export const INTO = 'viga:into';

/** Elements on their way through a stage: those of an output of a step, those that a step is given, or the stage's entry. */
export interface InFlightElements {
  readonly kind: 'elements';
  /** The path of the step; undefined for the entry of the stage. */
  readonly step: string | undefined;
  readonly tag: string;
  readonly batch: Batch;
}

/** Something of an open bundle that was not passed on: it can be saved, and taken up again in another process. */
export type InFlight = InFlightElements | { readonly kind: 'firing'; readonly firing: Firing };

/**
 * What brings a step to where what is on its way can be saved: a call that goes on by itself, while all else is held still;
 * its bundle, which has to go on; or what waits in front of steps, as it has no bytes.
 */
export type Awaited = 'call' | 'bundle' | 'queues';

/** Why a step has to go on before what is on its way can be saved: an error message after the step's name. */
export class Unfinished {
  readonly step: string;
  readonly why: string;
  readonly awaited: Awaited;

  constructor(step: string, why: string, awaited: Awaited = 'bundle') {
    this.step = step;
    this.why = why;
    this.awaited = awaited;
  }
}

/** An open bundle, as its stage knows it. */
export interface OpenBundle {
  readonly nodes: readonly NodeRuntime[];
  readonly suspended: readonly Resumable[];
  readonly segments: Segments;
  /** What is left of the batch that is fed to the stage. */
  readonly rest: { readonly tag: string; readonly batch: Batch; readonly from: number } | undefined;
  readonly keyed: KeyedAccess | undefined;
}

/**
 * All that an open bundle has not passed on, the last step first, so that nothing overtakes when it is taken up again;
 * {@link Unfinished} where the bundle has to be finished before: a DoFn is told where bundles begin and end, a call has given
 * out some of its outputs and not all, or has changed state and goes on.
 *
 * Calls whose results were not passed on are made again. Where they have changed state, their results are kept instead.
 */
export function inFlightOf(bundle: OpenBundle): readonly InFlight[] | Unfinished {
  const unfinished = unfinishedIn(bundle);
  if (unfinished !== undefined) return unfinished;
  const { nodes, suspended, segments, rest } = bundle;
  const found = new Collected();
  for (const node of nodes.toReversed()) {
    for (const part of suspended) {
      const place = segments.placeOf(part.segment);
      if (place.node === node.node.index) found.add(node.path, place.tag, part.batch, part.from);
    }
    for (const entry of node.ring.entries()) {
      if (!addCall(found, node, entry)) return new Unfinished(node.path, 'a call has given out some of its outputs');
    }
  }
  for (const part of suspended) {
    const { node, tag } = segments.placeOf(part.segment);
    if (node === undefined) found.add(undefined, tag, part.batch, part.from);
  }
  if (rest !== undefined) found.add(undefined, rest.tag, rest.batch, rest.from);
  return found.take();
}

function unfinishedIn({ nodes, suspended, keyed }: OpenBundle): Unfinished | undefined {
  const inBundles = nodes.find(hasBundleFunctions);
  // The step that the others of its bundle wait for.
  const slow = nodes.findLast(({ ring }) => ring.size > 0) ?? inBundles;
  if (inBundles !== undefined && slow !== undefined) {
    return new Unfinished(slow.path, `its bundle, which ${inBundles.path} is told the end of, is open`);
  }
  const [first] = nodes;
  if (keyed?.unfinished !== undefined && first !== undefined) return new Unfinished(first.path, ...keyed.unfinished);
  const more = suspended.find((part) => part.more !== undefined)?.more;
  return more && new Unfinished(more.node.path, 'a call has given out some of its outputs');
}

/** Adds what is to be done of a call in a ring; false if it can't be told apart from what was done. */
function addCall(found: Collected, node: NodeRuntime, entry: RingEntry): boolean {
  const { state, firing, hasGiven, error } = entry;
  if (hasGiven || error !== undefined) return false;
  if (state === 'settled') {
    const { result, emissions } = entry.result instanceof WithEmissions ? entry.result : { ...entry, emissions: [] };
    // Its element is with the dead letters.
    if (result === SKIP) return true;
    const isOver = result === undefined || Array.isArray(result);
    if (node.changesState && isOver) return addResult(found, node, entry, result ?? [], emissions);
  }
  const { input, timestamp, windows, pane } = entry;
  if (firing === undefined) found.add(node.path, INTO, sharedBatch([input], timestamp, windows, pane), 0);
  // A window that expires does so again, as its key is still there.
  else if (firing.family !== undefined) found.addFiring(firing);
  return true;
}

/** The outputs of a call whose changes of state are saved as well. */
function addResult(
  found: Collected,
  node: NodeRuntime,
  entry: RingEntry,
  outputs: readonly unknown[],
  emissions: WithEmissions['emissions'],
): boolean {
  const { firing, timestamp, windows, pane } = entry;
  const isExpiration = firing !== undefined && firing.family === undefined;
  if (isExpiration || emissions.some(({ tag }) => tag === AFTER_COMMIT)) return false;
  for (const { tag, value, timestamp: own } of emissions) {
    if (!node.node.step.outputs.has(tag)) continue;
    found.add(node.path, tag, sharedBatch([value], own ?? timestamp, windows, pane), 0);
  }
  found.add(node.path, MAIN, outputBatch(node, outputs, entry), 0);
  return true;
}

/** What was found, neighbors at the same place together. */
class Collected {
  readonly #parts: InFlight[] = [];
  #step: string | undefined;
  #tag = MAIN;
  readonly #builder = new BatchBuilder();

  add(step: string | undefined, tag: string, batch: Batch, from: number): void {
    if (step !== this.#step || tag !== this.#tag) this.#close();
    this.#step = step;
    this.#tag = tag;
    const { values, timestamps, timestamp, windowsColumn, windows, panes, pane } = batch;
    for (let i = from; i < batch.length; i++) {
      this.#builder.add(values[i], timestamps?.[i] ?? timestamp, windowsColumn?.[i] ?? windows, panes?.[i] ?? pane);
    }
  }

  addFiring(firing: Firing): void {
    this.#close();
    this.#parts.push({ kind: 'firing', firing });
  }

  take(): readonly InFlight[] {
    this.#close();
    return this.#parts;
  }

  #close(): void {
    if (this.#builder.length === 0) return;
    this.#parts.push({ kind: 'elements', step: this.#step, tag: this.#tag, batch: this.#builder.take() });
  }
}
