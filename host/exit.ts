/** Signals that end a process that does not listen to them, without the event `exit`. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const cleanUps = new Set<() => void>();

/**
 * Calls `cleanUp` before the process ends: at its end, by process.exit, by an error that nobody caught, by Ctrl-C. Returns
 * how to take it back. One set of listeners serves all, and is there only while somebody waits.
 */
export function onProcessExit(cleanUp: () => void): () => void {
  // Wrapped, so that one function given twice is two entries.
  const entry = (): void => cleanUp();
  if (cleanUps.size === 0) listen();
  cleanUps.add(entry);
  return () => {
    if (cleanUps.delete(entry) && cleanUps.size === 0) stopListening();
  };
}

function listen(): void {
  process.on('exit', runCleanUps);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function stopListening(): void {
  process.off('exit', runCleanUps);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function runCleanUps(): void {
  for (const cleanUp of cleanUps) {
    try {
      cleanUp();
    } catch {
      // The process ends: there is no one left to tell, and the others must still run.
    }
  }
  cleanUps.clear();
}

function onSignal(signal: NodeJS.Signals): void {
  // Who else listens decides what the signal means, and ends the process when it is done: then comes `exit`.
  if (process.listenerCount(signal) > 1) return;
  runCleanUps();
  stopListening();
  // Listening had taken the signal's effect away. Sent again, it ends the process as its parent expects to see.
  process.kill(process.pid, signal);
}
