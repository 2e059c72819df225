import { ConnectorError, ElementError, showValue } from '../../model/index.ts';
import { oneLine, type Redact, visible } from './safe-text.ts';

/** An error, as far as it is told. */
export interface Told {
  readonly name: string;
  readonly message: string;
}

/** How deep a chain of causes is followed; it may be a circle. */
const MOST_CAUSES = 5;

/** An error, or whatever else was thrown, fit to be shown. */
export function told(error: unknown, redact: Redact): Told {
  // Users' classes may set a name to anything.
  return { name: error instanceof Error ? oneLine(String(error.name)) : 'thrown', message: toldMessage(error, redact) };
}

/** The message of whatever was thrown, fit to be shown. */
export const toldMessage = (error: unknown, redact: Redact): string =>
  visible(redact(error instanceof Error ? messageFor(error) : showValue(error)));

/** An error's message without what is for who writes the program: here it speaks to who runs it. */
export function messageFor(error: Error): string {
  const message = String(error.message);
  const hint = error instanceof ConnectorError || error instanceof ElementError ? error.hint : undefined;
  return hint !== undefined && message.endsWith(` ${hint}`) ? message.slice(0, -hint.length - 1) : message;
}

/** What is told of the errors below one. */
export function causesOf(error: unknown, redact: Redact): Told[] {
  const causes: Told[] = [];
  let current = error;
  while (current instanceof Error && causes.length < MOST_CAUSES) {
    if (current instanceof AggregateError) {
      causes.push(...current.errors.slice(0, MOST_CAUSES - causes.length).map((each) => told(each, redact)));
    }
    if (current.cause === undefined || current.cause === null) break;
    current = current.cause;
    causes.push(told(current, redact));
  }
  return causes.slice(0, MOST_CAUSES);
}

/** The stacks of an error and of those below it. */
export function fullStack(error: unknown): string {
  const stacks: string[] = [];
  let current = error;
  while (current instanceof Error && stacks.length < MOST_CAUSES) {
    stacks.push(current.stack ?? String(current));
    current = current.cause;
  }
  return stacks.join('\ncaused by ');
}
