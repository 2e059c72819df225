import {
  CancelledError,
  CoderError,
  ConnectorError,
  ElementError,
  OptionsError,
  PipelineError,
  messageOf,
  StateError,
} from '../../model/index.ts';

const OWN = [CancelledError, CoderError, ConnectorError, ElementError, OptionsError, PipelineError, StateError];

/** What a source or a sink threw, as an error that names its step. Errors of Viga's classes say where already. */
export function connectorError(step: string, doing: string, error: unknown): unknown {
  if (OWN.some((own) => error instanceof own)) return error;
  const message = messageOf(error).replace(/\.$/, '');
  return new ConnectorError(
    step,
    `${doing} failed: ${message}. The run can't go on without it, and nothing of it is published. Mend what the message says, then run again.`,
    { cause: error },
  );
}

/** Runs a call of a connector; what it throws names the step. */
export async function named<T>(step: string, doing: string, call: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw connectorError(step, doing, error);
  }
}
