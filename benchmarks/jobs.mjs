// The jobs as a user of the published package would write them. Each returns how many results there were and a number
// that says whether they are right; both are the same as those of loops.mjs.
import {
  coGroupByKey,
  count,
  fixedWindows,
  generate,
  generateStream,
  minutes,
  Pipeline,
  sum,
  write,
} from '../dist/index.js';
import { event, HOUR, KEYS, mix, record, sparseRecord, user } from './data.mjs';

export const jobs = {
  // Nothing but the import of the package and of the direct runner.
  import: async () => ({ out: 0, check: 0 }),

  async wordcount({ file, runner }) {
    const { readText } = await import('../dist/io/text/index.js');
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(readText({ files: file }))
      .flatMap((line) => line.split(' '))
      .keyBy((word) => word)
      .combinePerKey(count)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async groupsum({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: record }))
      .combinePerKey(sum)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async groupsumCsv({ file, runner }) {
    const { readCsv } = await import('../dist/io/csv/index.js');
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(readCsv({ files: file }))
      .map((row) => ({ key: row.key, value: Number(row.value) }))
      .combinePerKey(sum)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async groupbykey({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: sparseRecord }))
      .groupByKey()
      .map(({ value: values }) => {
        let length = 0;
        let total = 0;
        for (const value of values) {
          length++;
          total += value;
        }
        results.add(length * total);
      });
    await pipeline.run(runner);
    return results;
  },

  async chain({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: (index) => index }))
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .filter((n) => n % 10 !== 3)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .filter((n) => n % 10 !== 3)
      .map((n) => results.add(n));
    await pipeline.run(runner);
    return results;
  },

  async window({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: event }))
      .withTimestamps(({ ts }) => ts)
      .windowInto(fixedWindows({ size: minutes(1) }))
      .keyBy((click) => click.user)
      .combinePerKey(count)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async cogroup({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    const users = pipeline.apply(generate({ count: KEYS, element: user }), { name: 'Users' }).keyBy((one) => one.key);
    const events = pipeline
      .apply(generate({ count: size, element: record }), { name: 'Events' })
      .keyBy((one) => one.key);
    coGroupByKey({ users, events }).map(({ value }) => {
      let length = 0;
      for (const _ of value.events) length++;
      results.add(length);
    });
    await pipeline.run(runner);
    return results;
  },

  // Events as they come, in windows of a minute, until the watermark has passed each.
  async streamwindow({ size, runner, keys = 1_000 }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(
        generateStream({
          element: (index) => `u${mix(index) % keys}`,
          timestamp: (index) => Math.floor((index * HOUR) / size),
          maxElements: size,
        }),
        { name: 'Events' },
      )
      .windowInto(fixedWindows({ size: minutes(1) }))
      .keyBy((one) => one)
      .combinePerKey(count, { name: 'CountPerMinute' })
      .apply(write(countingSink(results), { name: 'Count' }));
    await pipeline.run(runner);
    return results;
  },

  'covid-lite': cases,
};

/** A sink that counts what it is given. */
const countingSink = (results) => ({
  kind: 'sink',
  name: 'CountingSink',
  guarantee: 'append',
  open: async () => ({
    write({ values }) {
      for (const { value } of values) results.add(value);
    },
    prepare: async () => null,
    abort: async () => undefined,
  }),
  commit: async () => undefined,
});

/** The columns of the published file, by the names that the job gives them. */
const COLUMNS = {
  id: 'ID de caso',
  notificacion: 'Fecha de notificación',
  municipio: 'Código DIVIPOLA',
  ciudad: 'Ciudad de ubicación',
  departamento: 'Departamento o Distrito ',
  atencion: 'atención',
  edad: 'Edad',
  sexo: 'Sexo',
  tipo: 'Tipo',
  estado: 'Estado',
  pais: 'País de procedencia',
  sintomas: 'FIS',
  muerte: 'Fecha de muerte',
  diagnostico: 'Fecha diagnostico',
  recuperado: 'Fecha recuperado',
  reporte: 'fecha reporte web',
  recuperacion: 'Tipo recuperación',
  codigo_departamento: 'Codigo departamento',
  codigo_pais: 'Codigo pais',
  etnia: 'Pertenencia etnica',
  grupo: 'Nombre grupo etnico',
};

/** Cases per department and day, deaths, and all rows as Parquet by month. */
async function cases({ file, output, runner }) {
  const { readCsv } = await import('../dist/io/csv/index.js');
  const { column, writeParquet } = await import('../dist/io/parquet/index.js');
  const text = column.nullable(column.string());
  const integer = column.nullable(column.int32());
  const columns = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, text]));

  const results = tally();
  const pipeline = new Pipeline();
  const rows = pipeline.apply(readCsv({ files: file, columns: COLUMNS })).map(normalized, { name: 'Normalize' });
  rows
    .keyBy((row) => row.department + row.reporte.slice(0, 10))
    .combinePerKey(count, { name: 'CasesPerDay' })
    .map(({ value }) => results.add(value));
  rows
    .filter((row) => row.estado === 'FALLECIDO')
    .keyBy((row) => row.department)
    .combinePerKey(count, { name: 'Deaths' });
  rows.apply(
    writeParquet({
      files: `${output}/`,
      columns: { ...columns, id: integer, edad: integer, department: column.string() },
      partitionBy: ['year', 'month'],
    }),
  );
  await pipeline.run(runner);
  return results;
}

const textOf = (field) => field.trim() || null;
const numberOf = (field) => (field === '' ? null : Number(field));

function normalized(row) {
  return {
    id: numberOf(row.id),
    notificacion: textOf(row.notificacion),
    municipio: textOf(row.municipio),
    ciudad: textOf(row.ciudad),
    departamento: textOf(row.departamento),
    atencion: row.atencion.trim().toUpperCase(),
    edad: numberOf(row.edad),
    sexo: textOf(row.sexo),
    tipo: textOf(row.tipo),
    estado: row.estado.trim().toUpperCase(),
    pais: textOf(row.pais),
    sintomas: textOf(row.sintomas),
    muerte: textOf(row.muerte),
    diagnostico: textOf(row.diagnostico),
    recuperado: textOf(row.recuperado),
    reporte: row.reporte.trim(),
    recuperacion: textOf(row.recuperacion),
    codigo_departamento: textOf(row.codigo_departamento),
    codigo_pais: textOf(row.codigo_pais),
    etnia: textOf(row.etnia),
    grupo: textOf(row.grupo),
    department: row.municipio.trim().padStart(5, '0').slice(0, 2),
    year: row.reporte.slice(0, 4),
    month: row.reporte.slice(5, 7),
  };
}

/** How many results there are and what they add up to. */
function tally() {
  return {
    out: 0,
    check: 0,
    add(value) {
      this.out++;
      this.check += value;
    },
  };
}
