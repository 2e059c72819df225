import type { Segment } from './stage-environment.ts';

/** Where a part of a stage begins that was put off. */
export interface SegmentPlace {
  readonly node: number | undefined;
  readonly tag: string;
}

/** The functions of a stage: one for what follows each output, made when it is first needed. */
export class Segments {
  readonly #compile: (place: SegmentPlace) => Segment;
  readonly #made = new Map<string, Segment>();
  readonly #places = new WeakMap<Segment, SegmentPlace>();

  constructor(compile: (place: SegmentPlace) => Segment) {
    this.#compile = compile;
  }

  of(place: SegmentPlace): Segment {
    const name = `${place.node}:${place.tag}`;
    let segment = this.#made.get(name);
    if (segment === undefined) {
      segment = this.#compile(place);
      this.#made.set(name, segment);
      this.#places.set(segment, place);
    }
    return segment;
  }

  /** Where a segment begins. */
  placeOf(segment: Segment): SegmentPlace {
    const place = this.#places.get(segment);
    if (place === undefined) throw new Error('This is a bug in Viga: a segment is of another stage. Please report it.');
    return place;
  }
}
