import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Step, type TestStreamEvent, type Timestamp } from '../../model/index.ts';
import { BatchBuilder, GLOBAL_ONLY } from '../execution/index.ts';
import { FROM_NOTHING } from '../run/index.ts';
import type { LiveStage } from './live-stage.ts';

/** Where processing time stands when a test stream begins. */
const START: Timestamp = 0;

/**
 * Plays the events of the test streams of a run, one at a time: each when all effects of the one before are there.
 *
 * Where a run has a test stream, its processing time is that of the stream, and nothing else moves it.
 */
export class TestStreams {
  readonly #streams: { readonly stage: LiveStage; readonly events: readonly TestStreamEvent[]; next: number }[];
  now: Timestamp = START;

  constructor(stages: readonly LiveStage[]) {
    this.#streams = stages.flatMap((stage) => {
      const events = eventsOf(stage.planned.entryStep);
      if (events === undefined) return [];
      for (const tag of stage.planned.entryStep.outputs.keys()) stage.announced.set(tag, MIN_TIMESTAMP);
      return [{ stage, events, next: 0 }];
    });
  }

  get isPresent(): boolean {
    return this.#streams.length > 0;
  }

  /** How many events each stream has played. */
  get played(): readonly number[] {
    return this.#streams.map(({ next }) => next);
  }

  get isDone(): boolean {
    return this.#streams.every(({ events, next }) => next > events.length);
  }

  /** Leaves out what was still to come, but for the end. */
  end(): void {
    for (const stream of this.#streams) stream.next = Math.max(stream.next, stream.events.length);
  }

  /** Plays the next event; returns whether there was one. */
  async play(): Promise<boolean> {
    const stream = this.#streams.find(({ events, next }) => next <= events.length);
    if (stream === undefined) return false;
    const event = stream.events[stream.next++];
    if (event !== undefined) await this.#happens(event, stream.stage);
    // The end is an event of its own: nothing more can come.
    else for (const tag of stream.stage.announced.keys()) stream.stage.announced.set(tag, MAX_TIMESTAMP);
    return true;
  }

  async #happens(event: TestStreamEvent, stage: LiveStage): Promise<void> {
    switch (event.kind) {
      case 'elements': {
        const builder = new BatchBuilder();
        const { pane } = FROM_NOTHING;
        for (const { value, timestamp } of event.elements) builder.add(value, timestamp, GLOBAL_ONLY, pane);
        await stage.feed(builder.take(), event.tag);
        return;
      }
      case 'watermark':
        stage.announced.set(event.tag, Math.max(event.timestamp, stage.announced.get(event.tag) ?? MIN_TIMESTAMP));
        return;
      case 'processing-time':
        this.now += event.advance;
        return;
      default:
        return event satisfies never;
    }
  }
}

const eventsOf = ({ primitive }: Step): readonly TestStreamEvent[] | undefined =>
  primitive.kind === 'TestStream' ? primitive.events : undefined;
