// One case of the registry on the direct runner, with its state in a directory; what kill.ts starts, kills and starts again.
import path from 'node:path';
import { Pipeline } from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertionsRun } from '../../testing/index.ts';
import { conformancePipeline } from './definition.ts';
import type { CaseOptions } from './item.ts';
import type { RunReport } from './kill.ts';

/** Milliseconds from epoch to epoch: a case is not to wait long until something is durable. */
const EPOCH = 20;

const options = JSON.parse(process.argv[2] ?? '') as CaseOptions; // written by kill.ts
const pipeline = new Pipeline();
await conformancePipeline.build(pipeline, options);
const stateDirectory = path.join(options.scratch, 'state');
const result = await pipeline.run(directRunner({ stateDirectory, epochInterval: EPOCH }));
const report: RunReport = { assertions: result.metric(assertionsRun).committed };
console.log(JSON.stringify(report));
