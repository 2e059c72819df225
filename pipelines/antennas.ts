// Mobile antennas: messages of devices become bytes per antenna, user and app, per window and per hour, and the users who
// were over their quota; as they come, or later from what was kept of them, with the same result.
//
//   node pipelines/antennas.ts --runner=direct
//   node pipelines/antennas.ts --mode=batch --input=messages.jsonl --output=out/mine --hour=2020-09-19T19:00:00Z
import { definePipeline, seconds } from 'viga';
import { runIfMain } from 'viga/cli';
import { readMessages, writeRaw, writeRejected } from './antennas/messages/index.ts';
import { options, settingsOf } from './antennas/settings/index.ts';
import { alerts, writeTable } from './antennas/tables/index.ts';
import { alertRows, usage } from './antennas/usage/index.ts';
import { readUsers, rereadUsers } from './antennas/users/index.ts';

const pipeline = definePipeline({
  name: 'antennas',
  describe: 'Messages of mobile devices: bytes per antenna, user and app, and users over their quota.',
  options,
  build(pipeline, values) {
    const settings = settingsOf(values);
    const { isStreaming, output } = settings;
    const places = { database: `${output}/antennas.db`, folder: output };

    const { messages, rejected } = pipeline.apply(readMessages(settings));
    messages.apply(writeRaw(settings.raw, settings.window));
    rejected.apply(writeRejected(`${output}/rejected`));

    const users = isStreaming
      ? messages.apply(rereadUsers(settings.users, seconds(10)))
      : pipeline.apply(readUsers(settings.users));
    const { tables, hourly } = usage({ ...settings, users })(messages);
    for (const [table, rows] of tables) rows.apply(writeTable(table, places));
    if (isStreaming) hourly.apply(alertRows(users)).apply(writeTable(alerts, places));
  },
});

export default pipeline;
await runIfMain(import.meta, pipeline);
