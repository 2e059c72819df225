import { currentMetricsScope, type LogEntry, type RunOptions, showValue } from '../../model/index.ts';

const SEVERITIES = {
  debug: 'DEBUG',
  trace: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const satisfies Partial<Record<keyof Console, LogEntry['severity']>>;

type Name = keyof typeof SEVERITIES;

let captures = 0;
let restore = (): void => undefined;

/**
 * Lets what steps write to the console go to the run that they belong to, until the returned function is called. The console
 * is one for the process: runs side by side share the capture, and each gets what its own steps write.
 */
export function captureConsole({ onLog }: RunOptions): () => void {
  if (onLog === undefined) return () => undefined;
  captures++;
  if (captures === 1) restore = replaceConsole();
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    captures--;
    if (captures === 0) restore();
  };
}

function replaceConsole(): () => void {
  // Keys of that record.
  const originals = Object.keys(SEVERITIES).map((name) => [name as Name, console[name as Name]] as const);
  for (const [name, original] of originals) {
    console[name] = (...values: unknown[]) => {
      if (!isTaken(SEVERITIES[name], values)) original.apply(console, values);
    };
  }
  return () => {
    for (const [name, original] of originals) console[name] = original;
  };
}

/** What a taker writes itself, while it takes an entry, is not the step's. */
let isTaking = false;

function isTaken(severity: LogEntry['severity'], values: readonly unknown[]): boolean {
  const scope = isTaking ? undefined : currentMetricsScope();
  if (scope === undefined) return false;
  isTaking = true;
  try {
    return scope.log(severity, textOf(values));
  } finally {
    isTaking = false;
  }
}

const textOf = (values: readonly unknown[]): string =>
  values
    .map((value) => (typeof value === 'string' ? value : value instanceof Error ? String(value) : showValue(value)))
    .join(' ');
