import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { openLog } from '../../../io/log/index.ts';
import { GROUP, TOPIC } from './places.ts';

const PARTITIONS = 3;
/** Milliseconds between two looks at how far a job is. */
const LOOK_EVERY = 50;

/** A log that a process of its own appends to, while a job that reads it is killed and started again. */
export class Feed {
  readonly #file: string;
  readonly #producer: ChildProcess;
  #hasEnded = false;
  #failure: string | undefined;

  constructor(file: string, seed: number, count: number) {
    this.#file = file;
    const log = openLog(file);
    log.createTopic(TOPIC, { partitions: PARTITIONS });
    log.close();
    const script = join(import.meta.dirname, 'producer.ts');
    const args = ['--disable-warning=ExperimentalWarning', script, file, String(seed), String(count)];
    this.#producer = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#producer.on('close', (code, signal) => {
      this.#hasEnded = true;
      if (code !== 0) this.#failure = `the producer ended with ${code ?? signal}`;
    });
  }

  /** Whether more is being written. */
  get isWriting(): boolean {
    return !this.#hasEnded;
  }

  /** Calls back once, when all has been written and a durable epoch of the job has it; returns how to take that back. */
  whenRead(callback: () => void): () => void {
    const timer = setInterval(() => {
      if (this.isWriting || !this.#isRead()) return;
      clearInterval(timer);
      callback();
    }, LOOK_EVERY);
    return () => clearInterval(timer);
  }

  /** @throws Error if not all was written. */
  check(): void {
    if (this.#failure !== undefined) throw new Error(this.#failure);
  }

  end(): void {
    this.#producer.kill('SIGKILL');
  }

  #isRead(): boolean {
    const log = openLog(this.#file);
    try {
      const noted = new Map(log.committed(GROUP, TOPIC).map(({ partition, next }) => [partition, next]));
      return log.offsets(TOPIC).every(({ partition, latest }) => (noted.get(partition) ?? 0) >= latest);
    } finally {
      log.close();
    }
  }
}
