// What a run of a query and the comparison with its model have in common.
import { DEFAULTS } from './configuration.ts';
import { EventGenerator } from './generator.ts';
import { queries } from './queries/index.ts';
import { directSideInput } from './side-input.ts';
import { totalOf } from './tally.ts';

export { queries };

export const MODES = ['batch', 'streaming'];

/**
 * Beam's defaults, but for the number of generators. Beam has a hundred, each with event times from the same start: of most
 * all events would be read before time moves. With one of the same rate events come as a stream does.
 */
export const configurationOf = ({ size, generators = 1 }) => ({
  ...DEFAULTS,
  numEvents: size,
  numEventGenerators: generators,
});

export const contextOf = (configuration, folder) => ({
  configuration,
  folder,
  sideInput: directSideInput(configuration),
});

let made;

/** What the model of a query gives. */
export function modelTotal(query, configuration) {
  made ??= eventsByTime(configuration);
  return totalOf(query, query.model(made, contextOf(configuration)));
}

function eventsByTime(configuration) {
  const generator = new EventGenerator(configuration);
  const events = Array.from({ length: configuration.numEvents }, (_, position) => generator.eventAt(position));
  return events.sort((a, b) => a.dateTime - b.dateTime);
}
