// A DoFn may have several outputs: each is a collection of its own, with a type of its own.
import { create, outputTag, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

interface Reading {
  readonly sensor: string;
  readonly celsius: number;
}

const pipeline = new Pipeline();

const { main: readings, unreadable } = pipeline.apply(create(['kitchen 21.5', 'cellar', 'attic 30'])).parDo({
  name: 'Parse',
  outputs: { unreadable: outputTag<string>() },
  process(line: string, { emit }): Reading[] {
    const [sensor, celsius] = line.split(' ');
    if (sensor !== undefined && celsius !== undefined) return [{ sensor, celsius: Number(celsius) }];
    emit.unreadable(line);
    return [];
  },
});

readings.map(({ sensor, celsius }) => console.log(`${sensor}: ${celsius} degrees`), { name: 'PrintReadings' });
unreadable.map((line) => console.log(`can't read "${line}"`), { name: 'PrintUnreadable' });

await pipeline.run(directRunner());
