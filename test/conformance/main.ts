// The conformance registry on one runner, one line per item:
//
//   npm run -s conformance -- --runner=direct --mode=batch --json
//   npm run -s conformance -- --mode=streaming --only=7.2/042
//
// Exit code 1 if an item fails, 2 if the command line is wrong.
import { commandLine, UsageError } from './command-line.ts';
import { report } from './report.ts';
import { jsonLine, summary, tableLine } from './print.ts';

async function main(args: readonly string[]): Promise<number> {
  const { items, json, ...asked } = commandLine(args);
  const reports = [];
  for (const item of items) {
    const one = await report(item, asked);
    console.log(json ? jsonLine(one) : tableLine(one, item.title));
    reports.push(one);
  }
  if (!json) console.log(summary(reports));
  return reports.some(({ status }) => status === 'fail') ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`conformance: ${error.message}`);
  process.exitCode = 2;
}
