import type { Graph, Progress, Timestamp } from '../model/index.ts';
import { type Cells, cellsOf, changed } from './cells.ts';
import { documentText, type PageContent, viewText } from './document.ts';
import { Recent } from './figures.ts';
import { Fold, type FoldedGraph } from './fold.ts';
import { shown } from './markup.ts';

/** What a sink is promised, and what decides it. */
export interface SinkPromise {
  readonly sink: string;
  readonly level: string;
  readonly reasons: readonly string[];
}

/** What a page is about. */
export interface PageSubject {
  readonly pipeline: string;
  readonly runner: string;
  readonly graph: Graph;
  readonly promises: readonly SinkPromise[];
}

/** Somebody who has the page open. */
interface Viewer {
  /** Takes what has changed; false where what was sent before has not been taken yet. */
  readonly send: (data: string) => boolean;
  readonly graph: FoldedGraph;
  /** What the viewer has. */
  cells: Cells;
  /** How many messages the viewer was told of. */
  messages: number;
  /** Whether the last of it is still on its way. */
  isBehind: boolean;
}

/** How a run stood at its end. */
export type LastFigures = Pick<Progress, 'steps' | 'epoch' | 'elapsedMs'>;

/** What is told of somebody who looks. */
export interface Watch {
  /** All that was sent has been taken. */
  readonly caughtUp: () => void;
  readonly leave: () => void;
}

/** Milliseconds between two updates of what viewers see. */
const UPDATE_EVERY = 1_000;
const MOST_MESSAGES = 20;
const NOTHING: Cells = { texts: new Map(), classes: new Map() };

/** What the page of one run shows, to whoever looks. As long as nobody does, only a few reports are kept. */
export class LivePage {
  readonly #subject: PageSubject;
  readonly #now: () => Timestamp;
  readonly #fold: Fold;
  readonly #recent = new Recent();
  readonly #viewers = new Set<Viewer>();
  #messages: readonly string[] = [];
  #messageCount = 0;
  #status = 'running';
  #isOver = false;
  #updatedMs = 0;

  constructor(subject: PageSubject, now: () => Timestamp) {
    this.#subject = subject;
    this.#now = now;
    this.#fold = new Fold(subject.graph);
  }

  /** Takes how far the run is, and tells it to those who look once a second. */
  progress(progress: Progress): void {
    this.#recent.add(progress);
    if (progress.elapsedMs - this.#updatedMs < UPDATE_EVERY) return;
    this.#updatedMs = progress.elapsedMs;
    this.#update();
  }

  /** Takes a line that is worth reading. */
  message(text: string): void {
    const time = new Date(this.#now()).toISOString().slice(11, 19);
    this.#messages = [...this.#messages, shown(`${time} ${text}`)].slice(-MOST_MESSAGES);
    this.#messageCount++;
  }

  /** Tells how the run ended; nothing comes after it. */
  end(status: string, last: LastFigures | undefined): void {
    const before = this.#recent.last ?? { bytesRead: 0, bytesTotal: undefined };
    if (last !== undefined) this.#recent.add({ ...before, ...last });
    this.#status = shown(status);
    this.#isOver = true;
    this.#update();
  }

  /** The page, with the composites open that these words name; others name none. */
  html(opened: readonly string[], addressOf: PageContent['addressOf'], nonce: string): string {
    return documentText(this.#content(opened, addressOf), nonce);
  }

  /** The part of the page that depends on what is open. */
  view(opened: readonly string[], addressOf: PageContent['addressOf']): string {
    return viewText(this.#content(opened, addressOf));
  }

  #content(opened: readonly string[], addressOf: PageContent['addressOf']): PageContent {
    const open = this.#known(opened);
    const graph = this.#fold.folded(open);
    return {
      subject: this.#subject,
      status: this.#status,
      messages: this.#messages,
      fold: this.#fold,
      open,
      graph,
      cells: cellsOf(graph, this.#recent, this.#now()),
      addressOf,
    };
  }

  /** Begins to tell somebody what changes. */
  watch(opened: readonly string[], send: Viewer['send']): Watch {
    const graph = this.#fold.folded(this.#known(opened));
    const viewer: Viewer = { send, graph, cells: NOTHING, messages: -1, isBehind: false };
    this.#viewers.add(viewer);
    this.#tell(viewer);
    return {
      caughtUp: () => {
        viewer.isBehind = false;
      },
      leave: () => void this.#viewers.delete(viewer),
    };
  }

  #known(opened: readonly string[]): ReadonlySet<string> {
    const names = new Set(opened);
    return new Set(this.#fold.scopes.map(({ id }) => id).filter((id) => names.has(id)));
  }

  #update(): void {
    for (const viewer of this.#viewers) this.#tell(viewer);
  }

  #tell(viewer: Viewer): void {
    // A browser that sleeps gets the newest when it wakes up, not all that it has missed.
    if (viewer.isBehind && !this.#isOver) return;
    const cells = cellsOf(viewer.graph, this.#recent, this.#now());
    const isNews = viewer.messages !== this.#messageCount;
    const record = {
      ...changed(viewer.cells, cells),
      ...(isNews ? { messages: this.#messages } : {}),
      status: this.#status,
      isOver: this.#isOver,
    };
    viewer.cells = cells;
    viewer.messages = this.#messageCount;
    viewer.isBehind = !viewer.send(JSON.stringify(record));
  }
}
