import type { Graph } from '../../model/index.ts';

/** Where the sinks of a graph write, in the order of its steps, each place once. */
export function outputsOf(graph: Graph): string[] {
  const places = graph.steps.flatMap(({ primitive }) =>
    primitive.kind === 'Write' && primitive.sink.location !== undefined ? [primitive.sink.location] : [],
  );
  return [...new Set(places)];
}

/** More places than these are told by the folder that they are in. */
const MOST = 3;

/** The places, or the folder that holds them all with their number, or the first of them. */
export function placesText(places: readonly string[]): string {
  if (places.length <= MOST) return places.join(', ');
  const folder = commonFolder(places);
  if (folder !== '') return `${folder} (${places.length} results)`;
  return `${places.slice(0, MOST).join(', ')} and ${places.length - MOST} more`;
}

function commonFolder(places: readonly string[]): string {
  const [first = [], ...others] = places.map((place) => place.split('/').slice(0, -1));
  let shared = 0;
  while (shared < first.length && others.every((parts) => parts[shared] === first[shared])) shared++;
  const folder = first.slice(0, shared).join('/');
  // A scheme alone is no folder.
  return folder === '' || /^[a-z][a-z0-9+.-]*:\/*$/i.test(folder) ? '' : `${folder}/`;
}
