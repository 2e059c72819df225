import { PipelineError, showValue } from './errors.ts';
import type { WatermarkPolicy } from './source.ts';

/** @throws PipelineError for a reader whose watermark would never move, as nobody knows how. */
export function checkWatermarkPolicy(step: string, policy: WatermarkPolicy | undefined): void {
  const { kind, maxOutOfOrder, delay } = Object(policy ?? { kind: 'manual' }) as {
    readonly kind?: unknown;
    readonly maxOutOfOrder?: number;
    readonly delay?: number;
  };
  if (kind === 'manual' || kind === 'monotonic') return;
  if (kind === 'observed' && maxOutOfOrder !== undefined && maxOutOfOrder >= 0) return;
  if (kind === 'wall-time' && (delay === undefined || Number.isFinite(delay))) return;
  throw new PipelineError(
    step,
    `the watermark of its reader is ${showValue(policy)}. Windows behind it would never be over. Give e.g. { kind: 'observed', maxOutOfOrder: seconds(10) }, 'monotonic', 'wall-time' or 'manual'.`,
  );
}
