import { fileURLToPath } from 'node:url';

/** A place in a program. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const PLACE = /(?:^|\()((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/;

/** The frames of an error's stack that are in files: not Node's own, not code that was made from text. */
export function framesOf(stack: string | undefined): Frame[] {
  const header = headerFrame(stack);
  const frames: Frame[] = header === undefined ? [] : [header];
  for (const line of (stack ?? '').split('\n')) {
    const call = /^\s+at (?:async )?(.*)$/.exec(line)?.[1];
    if (call === undefined || call.includes('eval at ')) continue;
    const place = PLACE.exec(call);
    if (place?.[1] === undefined) continue;
    frames.push({ file: pathOf(place[1]), line: Number(place[2]), column: Number(place[3]) });
  }
  return frames;
}

/** Where code can't be read, the stack begins with the place, then some lines, mostly with a mark below the column. */
function headerFrame(stack: string | undefined): Frame | undefined {
  const [place = '', ...lines] = (stack ?? '').split('\n', 6);
  const match = /^((?:file:\/\/|\/|[A-Za-z]:[\\/]).*):(\d+)$/.exec(place);
  if (match?.[1] === undefined) return undefined;
  const mark = lines.find((line) => /^\s*\^+\s*$/.test(line));
  return { file: pathOf(match[1]), line: Number(match[2]), column: mark === undefined ? 1 : mark.indexOf('^') + 1 };
}

function pathOf(location: string): string {
  // A file may be imported again under a query, which is no part of its path.
  return location.startsWith('file:') ? fileURLToPath(location.replace(/[?#].*$/, '')) : location;
}

/** What belongs to whom, by path. */
export interface Ownership {
  /** Whether a file is a part of Viga itself; ready pipelines, examples and tests are not. */
  isVigas(file: string): boolean;
}

/** The first place in the user's own code: the line to look at. */
export const userFrame = (stack: string | undefined, { isVigas }: Ownership): Frame | undefined =>
  framesOf(stack).find(({ file }) => !isVigas(file) && !/[\\/]node_modules[\\/]/.test(file));

/** Whether an error comes out of Viga's own code, not out of a function that Viga called. */
export function beganInViga(stack: string | undefined, { isVigas }: Ownership): boolean {
  const first = framesOf(stack)[0];
  return first === undefined || isVigas(first.file);
}
