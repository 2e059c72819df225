import type { SourceContext } from '../../model/index.ts';
import type { ReadFormat } from './format.ts';
import { openInput, type OpenOptions } from './input-file.ts';
import { type FilePart, type FilesRestriction, partSize } from './restriction.ts';

/**
 * Divides files into about `desired` groups of about equal size: large files into ranges of bytes where the format and the
 * lack of compression allow it, small ones together.
 */
export async function splitFiles<T>(
  restriction: FilesRestriction,
  desired: number,
  format: ReadFormat<T>,
  options: OpenOptions,
  context: SourceContext,
): Promise<readonly FilesRestriction[]> {
  const { parts, faults } = restriction;
  if (desired <= 1 || parts.length === 0) return [restriction];
  const target = parts.reduce((sum, part) => sum + partSize(part), 0) / desired;
  const pieces: FilePart[] = [];
  for (const part of parts) {
    const share = target === 0 ? 1 : Math.round(partSize(part) / target);
    if (part.range === undefined || format.split === undefined || share <= 1) pieces.push(part);
    else pieces.push(...(await splitPart(part, share, format, options, context)));
  }
  const [first = { parts: [] }, ...others] = grouped(pieces, target);
  return faults === undefined ? [first, ...others] : [{ ...first, faults }, ...others];
}

async function splitPart<T>(
  part: FilePart,
  share: number,
  format: ReadFormat<T>,
  options: OpenOptions,
  context: SourceContext,
): Promise<readonly FilePart[]> {
  const { from, to } = part.range ?? { from: 0, to: part.size };
  const file = await openInput(part, options, context);
  try {
    // The format divides the whole file; of a part, what lies in it counts.
    const wanted = Math.ceil((share * part.size) / Math.max(1, to - from));
    const ranges = (await format.split?.(file, wanted, context)) ?? [{ from, to }];
    return ranges
      .map((range) => ({ from: Math.max(from, range.from), to: Math.min(to, range.to) }))
      .filter((range) => range.from < range.to)
      .map((range) => ({ ...part, range }));
  } finally {
    await file.close();
  }
}

/** Puts pieces into the group in which their middle lies, in order. */
function grouped(pieces: readonly FilePart[], target: number): readonly FilesRestriction[] {
  const groups: FilePart[][] = [];
  let before = 0;
  for (const piece of pieces) {
    const size = partSize(piece);
    const group = target === 0 ? 0 : Math.floor((before + size / 2) / target);
    const parts = groups[group] ?? [];
    groups[group] = parts;
    parts.push(piece);
    before += size;
  }
  // A piece larger than a group leaves others empty.
  return groups.filter((parts) => parts !== undefined).map((parts) => ({ parts }));
}
