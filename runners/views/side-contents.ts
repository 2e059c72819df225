import { type BoundedWindow, type PCollectionView, type ViewKind, windowKey } from '../../model/index.ts';
import { heapBytes, type MemoryWatch, type Spillable } from '../shuffle/index.ts';
import { viewOf } from './memory-views.ts';
import { SideContent, type SideContentSpec } from './side-content.ts';

/** What the elements of a collection take from their run. */
export interface SideContentsSpec extends SideContentSpec {
  readonly memory: MemoryWatch;
  readonly warn: (message: string) => void;
}

/** What a view takes for each element besides the element: its entry in a Map, for all values of a key a list besides. */
const VIEW_BYTES: Readonly<Record<ViewKind, number>> = { singleton: 0, iterable: 0, list: 0, map: 72, multimap: 112 };
/** Of the first elements each is looked at for its size, then one of so many. */
const SAMPLED_FOR = 64;
/** How deep and how wide an element is looked into. */
const LOOKED_INTO = 32;
/** Less than this is not worth going to disk for: of a window, and of all. */
const LEAST_OF_WINDOW = 64 << 10;
const LEAST_BYTES = 1 << 20;
/** After so many elements there is a look at the memory: they may come at once. */
const LOOK_AFTER = 1_024;
const MB = 2 ** 20;

/**
 * The elements of a collection that is a side input, by window, and what functions see of them.
 *
 * They are looked up at any time, which is slow on disk, so all else that has a place there goes first.
 */
export class SideContents implements Spillable {
  readonly isLast = true;
  readonly #spec: SideContentsSpec;
  readonly #contents = new Map<string, SideContent>();
  /** On disk, and replaced since: a call that has begun before may still read them. */
  readonly #replaced = new Map<string, SideContent>();
  #last: SideContent | undefined;
  #seen = 0;
  #bytes = 0;
  /** What stayed in memory when there was no room for it. */
  #left = 0;
  readonly #told = new Set<string>();

  constructor(spec: SideContentsSpec) {
    this.#spec = spec;
    spec.memory.add(this);
  }

  add(value: unknown, window: BoundedWindow): void {
    if (this.#last?.window !== window) this.#last = this.#find(window) ?? this.#begin(window);
    this.#addTo(this.#last, value);
  }

  /** Other elements take the place of those that a window had. */
  replace(window: BoundedWindow, values: Iterable<unknown>): void {
    const before = this.#find(window);
    const content = this.#begin(window);
    if (before !== undefined) this.#retire(before);
    for (const value of values) this.#addTo(content, value);
  }

  delete(window: BoundedWindow): void {
    const content = this.#find(window);
    if (content === undefined) return;
    const name = windowKey(window);
    this.#retire(content);
    this.#replaced.get(name)?.remove();
    this.#replaced.delete(name);
    this.#contents.delete(name);
    this.#last = undefined;
  }

  has(window: BoundedWindow): boolean {
    return this.#find(window) !== undefined;
  }

  all(): Iterable<SideContent> {
    return this.#contents.values();
  }

  /** How many windows there are. */
  get size(): number {
    return this.#contents.size;
  }

  /** What a function sees of a window through a view. */
  view(what: string, view: PCollectionView<unknown>, window: BoundedWindow): unknown {
    const content = this.#find(window);
    if (content === undefined) return viewOf(what, view, []);
    if (!content.has(view)) this.#makeRoom(content, VIEW_BYTES[view.kind] * content.length);
    return content.view(what, view);
  }

  bytes(): number {
    return this.#bytes;
  }

  get canSpill(): boolean {
    return this.#bytes - this.#left >= LEAST_BYTES;
  }

  spill(): void {
    for (const content of this.#contents.values()) if (content.bytes >= LEAST_OF_WINDOW) this.#leave(content);
    this.#left = this.#bytes;
    if (this.#left > this.#spec.memory.mostLast / 2) this.#tellStays();
  }

  #find(window: BoundedWindow): SideContent | undefined {
    return this.#contents.get(windowKey(window));
  }

  #begin(window: BoundedWindow): SideContent {
    const content = new SideContent(window, this.#spec);
    this.#contents.set(windowKey(window), content);
    this.#last = content;
    return content;
  }

  #retire(content: SideContent): void {
    this.#grow(content, -content.bytes);
    if (!content.isOnDisk) return;
    const name = windowKey(content.window);
    this.#replaced.get(name)?.remove();
    this.#replaced.set(name, content);
  }

  #addTo(content: SideContent, value: unknown): void {
    content.add(value);
    if (content.isOnDisk) return;
    this.#seen += 1;
    const isEach = this.#seen <= SAMPLED_FOR;
    if (!isEach && this.#seen % SAMPLED_FOR !== 0) return;
    this.#grow(content, (8 + heapBytes(value, LOOKED_INTO)) * (isEach ? 1 : SAMPLED_FOR));
    if (this.#seen % LOOK_AFTER !== 0 || content.bytes < LEAST_OF_WINDOW) return;
    if (!this.#spec.memory.hasRoomForLast(0)) this.#leave(content);
  }

  #grow(content: SideContent, bytes: number): void {
    content.bytes += bytes;
    this.#bytes += bytes;
  }

  /** Before something is made of a content. */
  #makeRoom(content: SideContent, bytes: number): void {
    if (content.isOnDisk) return;
    if (bytes >= LEAST_OF_WINDOW && !this.#spec.memory.hasRoomForLast(bytes)) this.#leave(content);
    if (!content.isOnDisk) this.#grow(content, bytes);
  }

  #leave(content: SideContent): void {
    content.leave();
    if (!content.isOnDisk) return;
    this.#tell(
      'leaves',
      'It lies on disk now, and each look-up reads from there, which is much slower. Join the two collections instead, e.g. by coGroupByKey or innerJoin, or raise the memory limit.',
    );
    this.#grow(content, -content.bytes);
  }

  #tellStays(): void {
    const stays = [...this.#contents.values()].find(({ staysSince }) => staysSince !== undefined);
    const why = stays?.staysSince ?? 'it is in very many windows';
    const { limit, mostLast } = this.#spec.memory;
    const enough = inMegabytes((this.#bytes / mostLast) * limit);
    this.#tell(
      'stays',
      `It can't go to disk, since ${why}, so the process may become larger than the limit. Join the two collections instead, e.g. by coGroupByKey or innerJoin, or raise the memory limit to about ${enough} MB.`,
    );
  }

  /** Once for each kind of consequence. */
  #tell(kind: string, consequence: string): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    const { step, warn, memory } = this.#spec;
    const [bytes, limit, most] = [this.#bytes, memory.limit, memory.mostLast].map(inMegabytes);
    warn(
      `${step}: as a side input it takes about ${bytes} MB so far, and the memory limit of ${limit} MB has room for ${most} MB of side inputs. ${consequence}`,
    );
  }
}

const inMegabytes = (bytes: number): number => Math.round(bytes / MB);
