const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** 1204000 as `1,204,000`; up to three decimals. Not by Intl, which takes 10 ms to begin with. */
export function formatCount(count: number): string {
  const [whole = '', decimals] = String(Math.round(count * 1000) / 1000).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** Three figures and a letter: `98.2k`, `4.1M`. */
function shortNumber(value: number): string {
  let scaled = value;
  for (const suffix of ['', 'k', 'M', 'G']) {
    if (scaled < 999.5) return `${threeFigures(scaled, suffix !== '')}${suffix}`;
    scaled /= 1000;
  }
  return `${formatCount(Math.round(scaled))}T`;
}

function threeFigures(value: number, isScaled: boolean): string {
  if (value >= 99.95) return value.toFixed(0);
  // A tenth of an element tells nothing, except of a rate below one a second.
  if (!isScaled) return value >= 1 || value === 0 ? value.toFixed(0) : value.toFixed(1);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** Elements a second. */
export const formatRate = (perSecond: number): string => `${shortNumber(perSecond)}/s`;

/** Bytes in units of 1024, as `--memory-limit` reads them: `437 MB`. */
export function formatBytes(bytes: number): string {
  let scaled = bytes;
  let unit = 0;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${threeFigures(scaled, unit > 0)} ${UNITS[unit]}`;
}

/** `85 ms`, `4.2 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `1 element`, `2 elements`. */
export const plural = (count: number, word: string): string => `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;
