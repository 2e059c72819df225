import { totalmem } from 'node:os';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MemoryGauge } from '../model/index.ts';

/** V8's collector as its own extension gives it; the flavor is what it does before it would give up for want of memory. */
type Collector = (options: {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'last-resort';
}) => void;

let collectGarbage: Collector | undefined;

/** V8 shows its collector to contexts that are made while the flag is on; this program's own context stays without it. */
function findCollector(): Collector {
  setFlagsFromString('--expose-gc');
  try {
    // The name stands for V8's own function there.
    return runInNewContext('gc') as Collector;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

/** What this process uses, and what it may use: the machine's memory, or the container's limit where that is less. */
export const nodeMemory: MemoryGauge = {
  rss: () => process.memoryUsage.rss(),
  // Cheaper than process.memoryUsage(), which also asks the system.
  heapUsed() {
    const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
    return heap + buffers;
  },
  heapSpare() {
    const { total_physical_size: resident, used_heap_size: heap } = getHeapStatistics();
    return Math.max(0, resident - heap);
  },
  // Node gives it in kilobytes.
  peakRss: () => process.resourceUsage().maxRSS * 1024,
  heapLimit: () => getHeapStatistics().heap_size_limit,
  collect() {
    collectGarbage ??= findCollector();
    // The plain call keeps the pages that it has emptied; this one gives them back (296 MB became 65 in 28 ms).
    collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  },
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  total() {
    // 0 where no limit is known, and a number beyond any memory where there is none.
    const limit = process.constrainedMemory();
    return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  },
};
