import { type LiveStats, MAX_TIMESTAMP, type Step, type Timestamp } from '../../model/index.ts';
import type { Plan } from '../plan/index.ts';
import type { LiveNetwork } from './live-network.ts';
import type { LiveStage } from './live-stage.ts';

/** How far time is at a step, and what waits there; undefined before the network is there. */
export function liveStatsOf(step: Step, plan: Plan, network: LiveNetwork | undefined): LiveStats | undefined {
  if (network === undefined) return undefined;
  const planned = plan.stageOf.get(step);
  const stage = planned && network.peek(planned);
  // Writes, and merges between stages, let time through as it comes.
  if (network.writes.has(step) || stage === undefined) return passing(step, plan, network);
  const isFirst = stage.planned.entryStep === step;
  // A grouping has a time of its own, before that of the stage behind it.
  const time = isFirst && stage.grouping !== undefined ? stage.grouping.time : stage.time;
  return {
    inputWatermark: time.inputWatermark,
    outputWatermark: time.outputWatermark,
    heldBy: heldBy(stage, isFirst),
    waiting: isFirst ? stage.queue.length + (stage.gate?.length ?? 0) : 0,
    stateBytes: isFirst ? stateBytes(stage) : 0,
  };
}

function passing(step: Step, plan: Plan, network: LiveNetwork): LiveStats {
  const least = (inputs: Step['inputs']): Timestamp =>
    inputs.reduce((watermark, input) => Math.min(watermark, network.outputOf(input)), MAX_TIMESTAMP);
  const watermark = least(step.inputs);
  const holder = (inputs: Step['inputs']): string | undefined => {
    const slowest = inputs.find((input) => network.outputOf(input) === watermark);
    if (slowest === undefined || watermark === MAX_TIMESTAMP) return undefined;
    const producer = plan.producerOf(slowest);
    const planned = plan.stageOf.get(producer);
    const stage = planned && network.peek(planned);
    return stage === undefined ? holder(producer.inputs) : (heldBy(stage, false) ?? producer.path);
  };
  return { ...AT_REST, inputWatermark: watermark, outputWatermark: watermark, heldBy: holder(step.inputs) };
}

const AT_REST = { waiting: 0, stateBytes: 0 };

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
