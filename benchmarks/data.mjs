// The inputs of the benchmarks: the same on every machine and in every run, made of seeds, kept in .cache/bench.
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const cache = path.join(path.dirname(here), '.cache', 'bench');

/** A folder for what a benchmark writes. */
export const cacheFolder = (name) => path.join(cache, name);

/** How many different keys records have; as many users join them. */
export const KEYS = 100_000;
/** How many different keys the job that keeps its values has. */
export const MANY_KEYS = 1_000_000;

/** The milliseconds of an hour: events of a stream are spread over one. */
export const HOUR = 3_600_000;

/** Spreads a number over 32 bits: the same number always gives the same one. */
export function mix(number) {
  let bits = (number + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A record of the groupings. */
export const record = (index) => ({ key: `k${mix(index) % KEYS}`, value: index % 1000 });
/** A record of the grouping that keeps its values. */
export const sparseRecord = (index) => ({ key: `k${mix(index) % MANY_KEYS}`, value: index % 1000 });
/** What is joined to the records. */
export const user = (index) => ({ key: `k${index}`, name: `name${index}` });
/** One of the events of an hour, of 1,000 users, out of order. */
export const event = (index) => ({ user: `u${mix(index) % 1000}`, ts: mix(index ^ 0x5bd1e995) % 3_600_000 });

/** The default input file of a job, made if it is not there; undefined for jobs without one. */
export async function inputOf(job, size) {
  if (job === 'wordcount') return made(`words-${size}mb.txt`, () => texts(size * 1e6));
  if (job === 'groupsumCsv') return made(`records-${size}.csv`, () => records(size));
  if (job === 'covid-lite' || job === 'covid') return made(`cases-${size}.csv`, () => cases(size));
  return undefined;
}

async function made(name, chunks) {
  const file = path.join(cache, name);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  // Renamed when it is whole: a run that is cut short leaves no half of a file.
  const unfinished = `${file}.${process.pid}`;
  await pipeline(chunks(), createWriteStream(unfinished));
  renameSync(unfinished, file);
  return file;
}

/** Lines of ten words, the frequent ones far more often than the rare (Zipf's law). */
function* texts(bytes) {
  const word = wordPicker(42);
  for (let written = 0; written < bytes; ) {
    let block = '';
    for (let line = 0; line < 200; line++) block += `${Array.from({ length: 10 }, word).join(' ')}\n`;
    written += block.length;
    yield block;
  }
}

function wordPicker(seed, vocabulary = 50_000, exponent = 1.05) {
  const words = Array.from({ length: vocabulary }, (_, rank) => spelled(rank + 27));
  const upTo = new Float64Array(vocabulary);
  let total = 0;
  for (let rank = 0; rank < vocabulary; rank++) upTo[rank] = total += 1 / (rank + 1) ** exponent;
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const drawn = (state / 2 ** 32) * total;
    let low = 0;
    for (let high = vocabulary - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (upTo[middle] < drawn) low = middle + 1;
      else high = middle;
    }
    return words[low];
  };
}

/** A number in letters, the last digit first. */
function spelled(number) {
  let text = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 26)) text += String.fromCharCode(97 + (rest % 26));
  return text;
}

function* records(count) {
  yield 'key,value\n';
  for (let index = 0; index < count; ) {
    let block = '';
    for (const end = Math.min(count, index + 5000); index < end; index++) {
      const { key, value } = record(index);
      block += `${key},${value}\n`;
    }
    yield block;
  }
}

/** Real rows of the layout of 21 columns, repeated, with case ids from 1 on. */
function* cases(count) {
  const text = gunzipSync(readFileSync(path.join(here, 'data', 'casos-21-columnas.csv.gz'))).toString('utf8');
  const [header, ...rows] = text.trimEnd().split(/\r?\n/);
  const withoutId = rows.map((row) => row.slice(row.indexOf(',')));
  yield `${header}\n`;
  for (let id = 1; id <= count; ) {
    let block = '';
    for (const end = Math.min(count, id + 999); id <= end; id++)
      block += `${id}${withoutId[(id - 1) % withoutId.length]}\n`;
    yield block;
  }
}
