import { type LiveStats, MAX_TIMESTAMP, type Step } from '../../model/index.ts';
import type { Plan } from '../plan/index.ts';
import type { LiveNetwork } from './live-network.ts';
import type { LiveStage } from './live-stage.ts';

/** How far time is at a step, and what waits there; undefined before the network is there. */
export function liveStatsOf(step: Step, plan: Plan, network: LiveNetwork | undefined): LiveStats | undefined {
  const planned = plan.stageOf.get(step);
  const write = network?.writes.get(step);
  const stage = planned && network?.peek(planned);
  if (network === undefined) return undefined;
  if (write !== undefined) {
    const watermark = Math.min(...step.inputs.map((input) => network.outputOf(input)));
    return { ...AT_REST, inputWatermark: watermark, outputWatermark: watermark };
  }
  if (stage === undefined) return undefined;
  const isFirst = stage.planned.entryStep === step;
  // A grouping has a time of its own, before that of the stage behind it.
  const time = isFirst && stage.grouping !== undefined ? stage.grouping.time : stage.time;
  return {
    inputWatermark: time.inputWatermark,
    outputWatermark: time.outputWatermark,
    heldBy: heldBy(stage, isFirst),
    waiting: isFirst ? stage.queue.length + (stage.gate?.length ?? 0) : 0,
    lateDropped: network.drops.count(step.path),
    stateBytes: isFirst ? stateBytes(stage) : 0,
  };
}

const AT_REST = { heldBy: undefined, waiting: 0, lateDropped: 0, stateBytes: 0 };

const stateBytes = ({ grouping, keyed }: LiveStage): number =>
  [grouping, keyed?.timed].reduce((sum, timed) => sum + (timed?.operator.bytes() ?? 0), 0);

/** The first of what may hold a watermark that is where it is. */
function heldBy(stage: LiveStage, isFirst: boolean): string | undefined {
  const { grouping, keyed, gate, reads, queue, producers, planned } = stage;
  const of = isFirst && grouping !== undefined ? grouping.time : stage.time;
  const at = of.outputWatermark;
  if (at === MAX_TIMESTAMP) return undefined;
  const { path } = planned.entryStep;
  if (grouping !== undefined && grouping.operator.hold() <= at) return `open windows of ${path}`;
  if (keyed !== undefined && keyed.timed.operator.hold() <= at) return `timers of ${path}`;
  if (gate !== undefined && gate.hold() <= at) return `elements of ${path} that wait for side inputs`;
  if (reads !== undefined && reads.watermark() <= at) return `the source ${path}`;
  if (!queue.isEmpty && queue.earliest() <= at) return `elements that wait in front of ${path}`;
  const producer = producers.find(({ stage: one, tag }) => one.output(tag) <= at);
  return producer === undefined ? undefined : (heldBy(producer.stage, false) ?? producer.stage.planned.entryStep.path);
}
