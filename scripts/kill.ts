// npm run -s kill -- [--kills N] [--seed S] [--events E]: kills running jobs with -9, at random, while they restore, while they
// drain, and between commit and delivery, until N have been killed; then compares what they wrote with their input. Default:
// 25 kills.
// One job reads a log that another process goes on writing, and is drained in the end; the others read files.
//
// Exits with 1 if anything was lost, doubled or made up, or a job did not go on.
import { runCampaign, shown } from '../test/proof/kill/campaign.ts';
import { numbersOf } from './numbers.ts';

const { kills = 25, seed = 1, events = 40_000 } = numbersOf('kill', process.argv.slice(2), ['kills', 'seed', 'events']);
const begin = performance.now();
const campaign = await runCampaign({ kills, seed, events, say: (line) => console.log(line) });
for (const [phase, count] of [...campaign.kills].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`killed ${phase}: ${count}`);
console.log(`killed while the log was still written: ${campaign.killsWhileWritten}`);
console.log(`killed while the job was drained: ${campaign.killsWhileDraining}`);
for (const failure of campaign.failures) console.log(`failed: ${failure}`);
const { lost, duplicate, phantom, elements } = campaign.verdict;
const killed = [...campaign.kills.values()].reduce((sum, count) => sum + count, 0);
const elapsed = ((performance.now() - begin) / 1_000).toFixed(1);
console.log(`${killed} kills, ${campaign.rounds} jobs, ${elements} elements, ${elapsed} s: ${shown(campaign.verdict)}`);
process.exit(lost + duplicate + phantom + campaign.failures.length === 0 ? 0 : 1);
