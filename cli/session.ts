import { type Graph, GuaranteeError, OptionsError, type PipelineDefinition, StateError } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import { usageOf } from './help.ts';
import { printFailureJson } from './json-reporter.ts';
import { flagOf, type OptionTableValues } from './options.ts';
import { ownership, sourceLine } from './ownership.ts';
import {
  describeFailure,
  type Doing,
  type Failure,
  isSecretName,
  oneLine,
  type Redact,
  redactor,
} from './print/index.ts';
import { errPaint, printFailure } from './reporter.ts';
import type { Terminal } from './terminal.ts';

/** Whether what was kept, or what was to be promised, does not allow the run. */
export const isRefusal = (error: unknown): boolean => error instanceof StateError || error instanceof GuaranteeError;

/** Whether a value is a place, or has it as a part, as in `log:FILE#TOPIC`; a place may go on behind that. */
function namesPlace(value: unknown, place: string): boolean {
  if (typeof value !== 'string') return false;
  // A single character is no name: the drive of a path.
  const names = [value, ...value.split(/[:#]/)].filter((name) => name.length > 1);
  return names.some((name) => place === name || place.startsWith(`${name} `) || place.startsWith(`${name}/`));
}

/** One use of the command line: what it is doing, and how its errors are told. */
export class Session {
  readonly terminal: Terminal;
  /** What was called, as it is typed: `viga run orders.ts`, `node orders.ts`. */
  readonly command: string;
  doing: Doing;
  graph: Graph | undefined;
  definition: PipelineDefinition | undefined;
  redact: Redact = redactor([]);
  /** The pipeline's own options, fit to be shown. */
  #shown: Readonly<Record<string, unknown>> = {};
  #isJson: boolean;

  constructor(terminal: Terminal, command: string, args: readonly string[]) {
    this.terminal = terminal;
    this.command = command;
    this.doing = { kind: 'load', what: command };
    // A command line that can't be read may still say how its errors are to be told.
    this.#isJson = args.some((arg) => arg === '--json' || arg === '--json=true');
  }

  /** Does what a command is for, and tells what ends it otherwise. Gives the exit code. */
  async guard(
    { failedCode, ownsOutput }: { readonly failedCode: number; readonly ownsOutput: boolean },
    body: () => Promise<number>,
  ): Promise<number> {
    const giveBack = this.#isJson || ownsOutput ? this.terminal.keepOutForResults() : undefined;
    try {
      return await body();
    } catch (error) {
      return this.fail(error, failedCode);
    } finally {
      giveBack?.();
    }
  }

  /** Takes what the options say: from now on secrets are known. */
  configure(definition: PipelineDefinition, values: OptionTableValues): void {
    this.#isJson = values['json'] === true;
    const secrets = Object.entries(values).filter(([name, value]) => isSecretName(name) && value !== undefined);
    this.redact = redactor(
      secrets.flatMap(([, value]) => (Array.isArray(value) ? value.map(String) : [String(value)])),
    );
    this.definition = definition;
    this.#shown = this.shownOptions(values);
  }

  /** The values of a pipeline's own options, fit to be shown. */
  shownOptions(values: OptionTableValues): Readonly<Record<string, unknown>> {
    const own = Object.keys(this.definition?.options ?? {});
    return Object.fromEntries(
      own.map((name) => [name, isSecretName(name) && values[name] !== undefined ? '***' : values[name]]),
    );
  }

  /** What is told of an error. */
  describe(error: unknown): Failure {
    return describeFailure(error, {
      doing: this.doing,
      graph: this.graph,
      ownership,
      redact: this.redact,
      optionOf: (place) => this.#optionOf(place),
      sourceLine,
      isDebugging: this.terminal.env['VIGA_DEBUG'] === '1',
    });
  }

  /** The first of the pipeline's own options whose value names a place, or what it lies in. */
  #optionOf(place: string): string | undefined {
    for (const [name, value] of Object.entries(this.#shown)) {
      const found = (Array.isArray(value) ? value : [value]).find((one) => namesPlace(one, place));
      if (found !== undefined) return `--${flagOf(name)}=${String(found)}`;
    }
    return undefined;
  }

  /** Tells an error that ended a command, and gives the exit code for it. */
  fail(error: unknown, code: number): number {
    const isUsage = error instanceof OptionsError && this.doing.kind !== 'run';
    const exitCode = isUsage ? EXIT.usage : isRefusal(error) ? EXIT.refused : code;
    const failure = this.describe(error);
    if (this.#isJson) printFailureJson(this.terminal, failure, exitCode);
    else if (isUsage) this.#tellUsage(error);
    else printFailure(this.terminal, failure);
    return exitCode;
  }

  /** One line that says what is wrong, and the usage. */
  #tellUsage(error: OptionsError): void {
    const { red } = errPaint(this.terminal);
    const usage = this.definition === undefined ? `${this.command} [options]` : usageOf(this.command, this.definition);
    this.terminal.err(`${red('✖')} ${oneLine(this.redact(error.message))}\nUsage: ${usage}    --help lists them\n`);
  }
}
