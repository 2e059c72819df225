import {
  type AnyDoFn,
  type BoundedWindow,
  ElementError,
  GLOBAL_WINDOW,
  OutputAt,
  type Timestamp,
  messageOf,
} from '../../model/index.ts';
import { type CallScope, runScoped } from './metrics.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { collectOutputs } from './outputs.ts';
import type { StageEnvironment } from './stage-environment.ts';

// The calls of a DoFn that are not about an element: setup (startBundle process* finishBundle)+ teardown. A failure of one
// ends the run, but that of teardown, when all elements are done.

type BundleEnvironment = Pick<StageEnvironment, 'scope' | 'afterCommit'>;

const doFnOf = ({ node }: NodeRuntime): AnyDoFn | undefined =>
  node.step.primitive.kind === 'ParDo' ? node.step.primitive.doFn : undefined;

/** Runs `setup`; what it returns is the resource of all other calls. */
export async function setUp(node: NodeRuntime, scope: CallScope): Promise<void> {
  const doFn = doFnOf(node);
  if (doFn?.setup !== undefined) {
    node.resource = await lifeCycle(node, 'setup', scope, () => doFn.setup?.());
    node.invoker.release();
  }
  node.isSetUp = true;
}

export async function startBundle(node: NodeRuntime, { scope, afterCommit }: BundleEnvironment): Promise<void> {
  const doFn = doFnOf(node);
  if (doFn?.startBundle === undefined) return;
  await lifeCycle(node, 'startBundle', scope, () => doFn.startBundle?.({ resource: node.resource, afterCommit }));
}

/** An output of `finishBundle`: there is no element to take timestamp and window from. */
interface Finished {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
}

/** Whether a step is told where bundles begin or end. */
export const hasBundleFunctions = (node: NodeRuntime): boolean =>
  doFnOf(node)?.startBundle !== undefined || finishesBundles(node);

/** Whether the end of a bundle is something to a step. */
export const finishesBundles = (node: NodeRuntime): boolean => doFnOf(node)?.finishBundle !== undefined;

export async function finishBundle(
  node: NodeRuntime,
  { scope, afterCommit }: BundleEnvironment,
): Promise<readonly Finished[]> {
  const doFn = doFnOf(node);
  if (doFn?.finishBundle === undefined) return [];
  const yielded = await lifeCycle(node, 'finishBundle', scope, () =>
    collectOutputs(doFn.finishBundle?.({ resource: node.resource, afterCommit })),
  );
  if (!Array.isArray(yielded)) {
    throw new ElementError(
      node.path,
      yielded,
      'finishBundle returned something that is not a list of outputs. Return [outputAt(value, timestamp, window)], or nothing.',
    );
  }
  return yielded.map((output: unknown) => {
    if (OutputAt.is(output)) {
      return { value: output.value, timestamp: output.timestamp, window: output.window ?? GLOBAL_WINDOW };
    }
    throw new ElementError(
      node.path,
      output,
      'finishBundle gave an output without a timestamp. There is no input element to take it from. Return [outputAt(value, timestamp, window)].',
    );
  });
}

/** Runs `teardown` where `setup` succeeded, once; what it throws is only told. */
export async function tearDown(
  node: NodeRuntime,
  { scope, warn }: { readonly scope: CallScope; readonly warn: (message: string) => void },
): Promise<void> {
  const doFn = doFnOf(node);
  if (doFn?.teardown === undefined || !node.isSetUp) return;
  node.isSetUp = false;
  try {
    await runScoped(scope, node.metrics, () => doFn.teardown?.(node.resource));
  } catch (error) {
    const message = messageOf(error);
    warn(`${node.path}: teardown failed: ${message}. What it was to free may still be held; results are not touched.`);
  }
}

async function lifeCycle(node: NodeRuntime, name: string, scope: CallScope, call: () => unknown): Promise<unknown> {
  try {
    return await runScoped(scope, node.metrics, call);
  } catch (error) {
    const message = messageOf(error).replace(/\.$/, '');
    throw new ElementError(
      node.path,
      undefined,
      `${name} failed: ${message}. No element can be processed without it. Mend what it throws.`,
      { cause: error },
    );
  }
}
