// The same jobs as Node can do them without an engine: one loop each, by hand, as a reader would want to read it.
// Each returns how many results there were and a number that says whether they are right.
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import path from 'node:path';
import { event, HOUR, KEYS, mix, record, sparseRecord, user } from './data.mjs';

export const loops = {
  // Node alone.
  import: () => ({ out: 0, check: 0 }),

  wordcount({ file }) {
    const counts = new Map();
    for (const line of linesOf(file)) {
      for (const word of line.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    return totalOf(counts);
  },

  groupsum({ size }) {
    const sums = new Map();
    for (let index = 0; index < size; index++) {
      const { key, value } = record(index);
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return totalOf(sums);
  },

  streamwindow({ size, keys = 1_000 }) {
    // In order of time, so a window is over when the next begins.
    let counts = new Map();
    let minute = 0;
    const total = { out: 0, check: 0 };
    const close = () => {
      const { out, check } = totalOf(counts);
      total.out += out;
      total.check += check;
    };
    for (let index = 0; index < size; index++) {
      const at = Math.floor(Math.floor((index * HOUR) / size) / 60_000);
      if (at !== minute) {
        close();
        counts = new Map();
        minute = at;
      }
      const key = `u${mix(index) % keys}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    close();
    return total;
  },

  groupsumCsv({ file }) {
    const sums = new Map();
    let isHeader = true;
    for (const line of linesOf(file)) {
      if (isHeader) {
        isHeader = false;
        continue;
      }
      const comma = line.indexOf(',');
      const key = line.slice(0, comma);
      sums.set(key, (sums.get(key) ?? 0) + Number(line.slice(comma + 1)));
    }
    return totalOf(sums);
  },

  groupbykey({ size }) {
    const groups = new Map();
    for (let index = 0; index < size; index++) {
      const { key, value } = sparseRecord(index);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value]);
      else group.push(value);
    }
    let check = 0;
    for (const values of groups.values()) {
      let sum = 0;
      for (const value of values) sum += value;
      check += values.length * sum;
    }
    return { out: groups.size, check };
  },

  chain({ size }) {
    let out = 0;
    let check = 0;
    for (let index = 0; index < size; index++) {
      const first = index + 1 + 1 + 1 + 1;
      if (first % 10 === 3) continue;
      const second = first + 1 + 1 + 1 + 1;
      if (second % 10 === 3) continue;
      out++;
      check += second;
    }
    return { out, check };
  },

  window({ size }) {
    const counts = new Map();
    for (let index = 0; index < size; index++) {
      const { user: name, ts } = event(index);
      const key = `${name}|${Math.floor(ts / 60_000)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return totalOf(counts);
  },

  cogroup({ size }) {
    const groups = new Map();
    for (let index = 0; index < KEYS; index++) {
      const one = user(index);
      groups.set(one.key, { users: [one], events: [] });
    }
    for (let index = 0; index < size; index++) {
      const one = record(index);
      groups.get(one.key).events.push(one);
    }
    let check = 0;
    for (const { events } of groups.values()) check += events.length;
    return { out: groups.size, check };
  },

  'covid-lite': covid,
};

function totalOf(map) {
  let check = 0;
  for (const value of map.values()) check += value;
  return { out: map.size, check };
}

/** Lines of a file that fits no memory: blocks of a megabyte, each cut at its last line break. */
function* linesOf(file) {
  const descriptor = openSync(file, 'r');
  const bytes = Buffer.allocUnsafe(1 << 20);
  let rest = '';
  for (let length = -1; length !== 0; ) {
    length = readSync(descriptor, bytes, 0, bytes.length, null);
    const lines = (rest + bytes.latin1Slice(0, length)).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') yield rest;
  closeSync(descriptor);
}

const COLUMNS = [
  'id notificacion municipio ciudad departamento atencion edad sexo tipo estado pais sintomas muerte diagnostico',
  'recuperado reporte recuperacion codigo_departamento codigo_pais etnia grupo',
].flatMap((names) => names.split(' '));
const WIDTH = COLUMNS.length;
const IS_INTEGER = COLUMNS.map((name) => name === 'id' || name === 'edad');
const [MUNICIPALITY, OUTCOME, STATE, REPORTED] = ['municipio', 'atencion', 'estado', 'reporte'].map((name) =>
  COLUMNS.indexOf(name),
);

/** Cases per department and day, deaths, and all rows as Parquet by month. */
async function covid({ file, output }) {
  const { parquetWriteFile } = await import('hyparquet-writer');
  const perDay = new Map();
  const deaths = new Map();
  const months = new Map();
  let rows = 0;
  const text = readFileSync(file, 'utf8');
  for (let start = text.indexOf('\n') + 1; start < text.length; rows++) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    start += line.length + 1;
    const fields = line.includes('"') ? fieldsOf(line) : line.split(',');
    for (let column = 0; column < WIDTH; column++) fields[column] = fields[column].trim();
    fields[STATE] = fields[STATE].toUpperCase();
    fields[OUTCOME] = fields[OUTCOME].toUpperCase();
    const department = fields[MUNICIPALITY].padStart(5, '0').slice(0, 2);
    const day = fields[REPORTED].slice(0, 10);
    add(perDay, department + day);
    if (fields[STATE] === 'FALLECIDO') add(deaths, department);
    const month = day.slice(0, 7);
    let columns = months.get(month);
    if (columns === undefined) {
      columns = Array.from({ length: WIDTH + 1 }, () => []);
      months.set(month, columns);
    }
    for (let column = 0; column < WIDTH; column++) {
      const field = fields[column];
      columns[column].push(field === '' ? null : IS_INTEGER[column] ? Number(field) : field);
    }
    columns[WIDTH].push(department);
  }
  rmSync(output, { recursive: true, force: true });
  for (const [month, columns] of months) writeMonth(parquetWriteFile, output, month, columns);
  return { out: perDay.size, check: rows };
}

const add = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);

function writeMonth(parquetWriteFile, output, month, columns) {
  const folder = path.join(output, `year=${month.slice(0, 4)}`, `month=${month.slice(5)}`);
  mkdirSync(folder, { recursive: true });
  const columnData = [...COLUMNS, 'department'].map((name, index) => {
    return { name, data: columns[index], type: IS_INTEGER[index] ? 'INT32' : 'STRING' };
  });
  parquetWriteFile({ filename: path.join(folder, 'part-0.parquet'), columnData });
}

/** The fields of a line with quotes. No field of this file holds a line break. */
function fieldsOf(line) {
  const fields = [];
  for (let start = 0; start <= line.length; ) {
    let end;
    if (line.charCodeAt(start) === 34) {
      end = start + 1;
      while (line.charCodeAt(end) !== 34 || line.charCodeAt(++end) === 34) end++;
      fields.push(line.slice(start + 1, end - 1).replaceAll('""', '"'));
    } else {
      end = line.indexOf(',', start);
      if (end < 0) end = line.length;
      fields.push(line.slice(start, end));
    }
    start = end + 1;
  }
  return fields;
}
