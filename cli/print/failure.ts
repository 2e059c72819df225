import {
  CancelledError,
  CoderError,
  ConnectorError,
  ElementError,
  type Graph,
  GuaranteeError,
  messageOf,
  OptionsError,
  PipelineError,
  StateError,
  type Step,
} from '../../model/index.ts';
import { loadAdvice, systemAdvice } from './advice.ts';
import { oneLine, type Redact, visible } from './safe-text.ts';
import { type Sentences, sentencesOf } from './sentences.ts';
import { beganInViga, type Frame, type Ownership, userFrame } from './stack.ts';
import { causesOf, fullStack, messageFor, told, type Told, toldMessage } from './told.ts';

/** A place in the user's program, and the line that stands there. */
export interface Place extends Frame {
  readonly source: string | undefined;
}

/**
 * Whose fault it is: an element's, the pipeline's, the options', another system's, the user's code's, that of what was kept
 * or asked to be promised, or Viga's.
 */
export type FailureKind =
  | 'element'
  | 'pipeline'
  | 'options'
  | 'connector'
  | 'coder'
  | 'state'
  | 'guarantee'
  | 'program'
  | 'system'
  | 'cancelled'
  | 'bug';

/** What is told of an error that ended a run: no secret, no control character, no stack of Viga's own. */
export interface Failure {
  readonly kind: FailureKind;
  /** One line that says what failed. */
  readonly title: string;
  /** The option, as it was typed, that names what failed. */
  readonly option?: string | undefined;
  readonly step?: string | undefined;
  /** The error below, in the user's code or in another system. */
  readonly error?: Told | undefined;
  readonly at?: Place | undefined;
  readonly element?: string | undefined;
  /** Where the source found the element. */
  readonly coordinate?: string | undefined;
  readonly window?: string | undefined;
  readonly attempts?: number | undefined;
  readonly causes: readonly Told[];
  readonly why?: string | undefined;
  readonly fix?: string | undefined;
  /** Lines that tell more: a table. */
  readonly details?: readonly string[] | undefined;
  /** Where the program made the step. */
  readonly madeAt?: Place | undefined;
  /** Only of bugs, and where `VIGA_DEBUG=1` asks for it. */
  readonly stack?: string | undefined;
}

/** What was going on. */
export type Doing = { readonly kind: 'load' | 'build' | 'run'; readonly what: string };

/** What is known beside the error itself. */
export interface FailureContext {
  readonly doing: Doing;
  readonly graph: Graph | undefined;
  readonly ownership: Ownership;
  readonly redact: Redact;
  /** The option whose value names a place, as it is typed. */
  readonly optionOf: (place: string) => string | undefined;
  /** The text of a line of a file, where it can be read. */
  readonly sourceLine: (file: string, line: number) => string | undefined;
  readonly isDebugging: boolean;
}

/** Makes of whatever was thrown what is told of it. */
export function describeFailure(error: unknown, context: FailureContext): Failure {
  const safe = (text: string): string => oneLine(context.redact(text));
  const failure = classify(error, context, safe);
  const stack = failure.kind === 'bug' || context.isDebugging ? fullStack(error) : undefined;
  return { ...failure, stack: stack && visible(context.redact(stack)) };
}

function classify(error: unknown, context: FailureContext, safe: (text: string) => string): Failure {
  if (error instanceof ElementError) return elementFailure(error, context, safe);
  if (error instanceof PipelineError) return vigasFailure('pipeline', error, error.step, context, safe);
  if (error instanceof ConnectorError) return vigasFailure('connector', error, error.place, context, safe);
  if (error instanceof CoderError) return vigasFailure('coder', error, error.step, context, safe);
  if (error instanceof StateError) return stateFailure(error, context, safe);
  if (error instanceof GuaranteeError) return vigasFailure('guarantee', error, error.step, context, safe);
  if (error instanceof OptionsError) return vigasFailure('options', error, undefined, context, safe);
  if (error instanceof CancelledError) return { kind: 'cancelled', title: safe(error.message), causes: [] };
  return otherFailure(error, context, safe);
}

function elementFailure(error: ElementError, context: FailureContext, safe: (text: string) => string): Failure {
  const { step, place } = error;
  const made = stepOf(context.graph, step);
  const title = `${safe(step)} failed on one element`;
  const about = {
    kind: 'element' as const,
    step: safe(step),
    element: safe(error.element),
    coordinate: place.coordinate && safe(place.coordinate),
    // Everything is in the global window where nothing was windowed.
    window: place.window === undefined || place.window === 'global' ? undefined : safe(place.window),
    attempts: place.attempts,
  };
  if (error.cause === undefined) {
    const { what, why, fix } = sentencesOf(withoutPlace(messageFor(error), step));
    return {
      ...about,
      title: `${title}: ${safe(what)}`,
      why: why && safe(why),
      fix: fix && safe(fix),
      madeAt: userPlace(made?.callSite.stack, context),
      causes: [],
    };
  }
  const inner = sentencesOf(toldMessage(error.cause, context.redact));
  const isVigas = error.cause instanceof ConnectorError || error.cause instanceof CoderError;
  const said = isVigas ? inner : saidOf(error, error.cause);
  return {
    ...about,
    title,
    error: isVigas
      ? { ...told(error.cause, context.redact), message: safe(inner.what) }
      : told(error.cause, context.redact),
    at: placeOf(error.cause, context),
    madeAt: userPlace(made?.callSite.stack, context),
    causes: causesOf(error.cause, context.redact),
    why: said.why && safe(said.why),
    fix: (said.fix && safe(said.fix)) ?? adviceFor(made),
  };
}

/** What an element's error says itself of why and how to fix it, where it is more than its cause in another's name. */
function saidOf(error: ElementError, cause: unknown): Partial<Sentences> {
  const message = withoutPlace(messageFor(error), error.step);
  return message === withoutPlace(messageOf(cause), error.step) ? {} : sentencesOf(message);
}

const adviceFor = (step: Step | undefined): string =>
  step !== undefined && ('traits' in step.primitive || 'hasDeadLetters' in step.primitive)
    ? "Correct the step's function, or set such elements aside with its option deadLetters."
    : "Correct the step's function, or filter such elements out before it.";

function vigasFailure(
  kind: FailureKind,
  error: Error,
  place: string | undefined,
  context: FailureContext,
  safe: (text: string) => string,
): Failure {
  const { what, why, fix } = sentencesOf(messageFor(error));
  const made = stepOf(context.graph, place);
  return {
    kind,
    title: safe(what),
    option: kind === 'connector' ? optionOf(place, context, safe) : undefined,
    step: made && safe(made.path),
    at: placeOf(error, context),
    madeAt: userPlace(made?.callSite.stack, context),
    causes: causesOf(error, context.redact),
    why: why && safe(why),
    fix: fix && safe(fix),
  };
}

function optionOf(place: string | undefined, context: FailureContext, safe: (text: string) => string) {
  const option = place === undefined ? undefined : context.optionOf(place);
  return option && safe(option);
}

/** What follows the sentences, each on a line of its own, is a table of steps. */
function stateFailure(error: StateError, context: FailureContext, safe: (text: string) => string): Failure {
  const [sentences = '', ...details] = error.message.split('\n');
  const { what, why, fix } = sentencesOf(sentences);
  return {
    kind: 'state',
    title: safe(what),
    causes: causesOf(error, context.redact),
    why: why && safe(why),
    fix: fix && safe(fix),
    details: details.length === 0 ? undefined : details.map((line) => safe(line).trimEnd()),
  };
}

function otherFailure(error: unknown, context: FailureContext, safe: (text: string) => string): Failure {
  const { doing } = context;
  const title = {
    load: `${doing.what} could not be loaded`,
    build: `the pipeline ${doing.what} could not be built`,
    run: `the run of ${doing.what} failed`,
  }[doing.kind];
  const about = { title: safe(title), error: told(error, context.redact), causes: causesOf(error, context.redact) };
  const system = systemAdvice(error);
  if (system !== undefined) return { ...about, kind: 'system', at: placeOf(error, context), fix: system };
  const isUsers = !(error instanceof Error) || doing.kind === 'load' || !beganInViga(error.stack, context.ownership);
  const fix = doing.kind === 'load' ? loadAdvice(error) : undefined;
  if (isUsers) return { ...about, kind: 'program', at: placeOf(error, context), fix };
  return {
    ...about,
    kind: 'bug',
    at: placeOf(error, context),
    why: 'Viga did not expect this error, so it is most likely a bug in Viga.',
    fix: 'Please report it with the stack below and the program that shows it.',
  };
}

/** The line of the user's code that an error comes from. */
function placeOf(error: unknown, context: FailureContext): Place | undefined {
  if (!(error instanceof Error)) return undefined;
  // While a pipeline runs, what Viga threw itself has the line that started the run below it, which tells nothing.
  if (context.doing.kind === 'run' && beganInViga(error.stack, context.ownership)) return undefined;
  return userPlace(error.stack, context);
}

function userPlace(stack: string | undefined, { ownership, sourceLine, redact }: FailureContext): Place | undefined {
  const frame = userFrame(stack, ownership);
  if (frame === undefined) return undefined;
  const source = sourceLine(frame.file, frame.line)?.trim();
  return { ...frame, source: source === undefined || source === '' ? undefined : oneLine(redact(source)) };
}

const stepOf = (graph: Graph | undefined, path: string | undefined): Step | undefined =>
  path === undefined ? undefined : graph?.steps.find((step) => step.path === path);

const withoutPlace = (message: string, place: string): string =>
  message.startsWith(`${place}: `) ? message.slice(place.length + 2) : message;
