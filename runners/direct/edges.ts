import type { PaneInfo, SinkWriter, Timestamp } from '../../model/index.ts';
import { connectorError, sinkBatch } from '../run/index.ts';
import { type Batch, BatchBuilder, type Edge, type Windows } from '../execution/index.ts';

// The ways out of a stage that pass elements on at once: into another stage, into a sink. Groupings and stores keep them.

/** Elements that an edge collects before it passes them on. */
const EDGE_BATCH = 1_024;

/** Collects elements into batches. */
abstract class CollectingEdge implements Edge {
  readonly name: string;
  protected readonly builder = new BatchBuilder();

  constructor(name: string) {
    this.name = name;
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    this.builder.add(value, timestamp, windows, pane);
  }

  get isFull(): boolean {
    return this.builder.length >= EDGE_BATCH;
  }

  flush(all: boolean): void | Promise<void> {
    if (this.builder.length > 0 && (all || this.isFull)) return this.pass(this.builder.take());
  }

  protected abstract pass(batch: Batch): void | Promise<void>;
}

/** Into a stage that several others feed: it runs while they do. */
export class MergeEdge extends CollectingEdge {
  readonly #process: (batch: Batch) => void | Promise<void>;

  constructor(name: string, process: (batch: Batch) => void | Promise<void>) {
    super(name);
    this.#process = process;
  }

  protected pass(batch: Batch): void | Promise<void> {
    return this.#process(batch);
  }
}

/** Into a sink. */
export class SinkEdge extends CollectingEdge {
  readonly #writer: () => SinkWriter<unknown, unknown>;

  constructor(name: string, writer: () => SinkWriter<unknown, unknown>) {
    super(name);
    this.#writer = writer;
  }

  protected pass(batch: Batch): void | Promise<void> {
    const failed = (error: unknown): never => {
      throw connectorError(this.name, 'writing', error);
    };
    try {
      return this.#writer().write(sinkBatch(batch))?.catch(failed);
    } catch (error) {
      return failed(error);
    }
  }
}
