// What each example prints. The order of the lines is only looked at where the model gives one.

/** The lines of an example, and whether their order has a meaning. */
export interface Output {
  readonly lines: readonly string[];
  readonly inOrder: boolean;
}

const inOrder = (...lines: readonly string[]): Output => ({ lines, inOrder: true });
const inAnyOrder = (...lines: readonly string[]): Output => ({ lines, inOrder: false });

/** By the name of the file. */
export const outputs: Readonly<Record<string, Output>> = {
  '01-word-count.ts': inAnyOrder('to 2', 'be 2', 'or 1', 'not 1', 'that 1', 'is 1', 'the 1', 'question 1'),
  '02-windows.ts': inAnyOrder(
    '[2026-03-06T09:00:00.000Z, 2026-03-06T10:00:00.000Z) Lyon 20',
    '[2026-03-06T10:00:00.000Z, 2026-03-06T11:00:00.000Z) Lyon 5',
    '[2026-03-06T10:00:00.000Z, 2026-03-06T11:00:00.000Z) Nice 7',
  ),
  '03-combiners.ts': inOrder('5 days, mean 20, max 25, range 8'),
  '04-side-inputs.ts': inOrder('b is above the average: 16 EUR'),
  '05-several-outputs.ts': inAnyOrder('kitchen: 21.5 degrees', 'attic: 30 degrees', 'can\'t read "cellar"'),
  '06-dead-letters.ts': inAnyOrder(
    'ann pays 3',
    'Parse gave up on {"user":"bob" after 2 attempts: SyntaxError',
    'cy pays 4',
  ),
  '07-join.ts': inAnyOrder('1 Ann: milk, tea', '2 Bob: nothing', '3 unknown: rice'),
  '08-async-calls.ts': inOrder('uno!', 'dos!', 'tres!', 'cuatro!', 'at most 2 calls at once'),
  '09-life-cycle.ts': inOrder('opened', '1 is Ann', '2 is Bob', '3 is nobody', 'closed'),
  '10-metrics.ts': inOrder('3 orders with 4 items, 3 at most; 1 empty', 'DropEmpty: 3 in, 2 out'),
  '11-files.ts': inOrder(
    'refused examples/data/orders.csv line 4',
    '{"id":1,"customer":"Ann","amount":12.5}',
    '{"id":2,"customer":"Bob, the second","amount":8}',
  ),
  '12-command-line.ts': inOrder(''),
  '13-streaming.ts': inAnyOrder(
    '[2026-01-01T12:00:00.000Z, 2026-01-01T12:01:00.000Z) buy 2',
    '[2026-01-01T12:00:00.000Z, 2026-01-01T12:01:00.000Z) view 4',
    '[2026-01-01T12:01:00.000Z, 2026-01-01T12:02:00.000Z) buy 2',
    '[2026-01-01T12:01:00.000Z, 2026-01-01T12:02:00.000Z) view 4',
  ),
  '14-late-data.ts': inOrder('EARLY 0: 10', 'EARLY 1: 30', 'ON_TIME 2: 30', 'LATE 3: 35', 'the last was too late'),
  '15-state-and-timers.ts': inAnyOrder('ana: 2 clicks', 'ben: 1 clicks', 'ana: 1 clicks'),
  '16-durable-job.ts': inOrder('true', '10 minutes, 600 clicks'),
};
