import type { OptionSpecs } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import type { Prepared } from './prepare.ts';
import {
  colorPaint,
  graphDot,
  graphJson,
  graphMermaid,
  graphText,
  plainPaint,
  stepNodes,
  wantsColor,
} from './print/index.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

export const GRAPH_OPTIONS = {
  format: { choices: ['text', 'mermaid', 'dot', 'json'], default: 'text', describe: 'How the graph is printed.' },
} as const satisfies OptionSpecs;

/** How results are printed on the output stream. */
export const outStyle = ({ env, isOutTerminal, size }: Terminal) => ({
  paint: wantsColor(env, isOutTerminal) ? colorPaint : plainPaint,
  width: isOutTerminal ? size().width : Number.POSITIVE_INFINITY,
});

/** Prints the steps of a pipeline. */
export function graphCommand(
  { terminal }: Session,
  { pipeline, definition, settings, commandValues }: Prepared,
): number {
  const steps = stepNodes(pipeline.graph);
  const { paint, width } = outStyle(terminal);
  // The table's choices have been checked.
  const format = commandValues['format'] as (typeof GRAPH_OPTIONS.format.choices)[number];
  const lines = {
    text: () => graphText(definition.name, steps, paint, width),
    mermaid: () => graphMermaid(definition.name, steps),
    dot: () => graphDot(definition.name, steps),
    json: () => graphJson(definition.name, steps),
  }[settings.isJson ? 'json' : format]();
  terminal.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
