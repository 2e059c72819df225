/** The whole numbers of a command line, `--seeds=3` or `--seeds 3`. Ends the process if they are no such thing. */
export function numbersOf<Name extends string>(
  command: string,
  args: readonly string[],
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const numbers: Partial<Record<Name, number>> = {};
  const words = args.flatMap((argument) => argument.split('='));
  for (let index = 0; index < words.length; index += 2) {
    const name = names.find((known) => words[index] === `--${known}`);
    const value = Number(words[index + 1] || Number.NaN);
    if (name === undefined || !Number.isSafeInteger(value) || value < 0) {
      console.error(`Usage: npm run -s ${command} -- ${names.map((known) => `[--${known} NUMBER]`).join(' ')}`);
      process.exit(2);
    }
    numbers[name] = value;
  }
  return numbers;
}
