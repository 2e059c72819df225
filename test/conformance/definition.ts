import { definePipeline } from '../../index.ts';
import type { Case, CaseOptions } from './item.ts';
import { registry } from './registry.ts';

function caseOf({ item: id, case: number }: CaseOptions): Case {
  const found = registry.find((item) => item.id === id)?.cases[number - 1];
  if (found !== undefined) return found;
  throw new RangeError(`${id} has no case ${number}. Nothing can be built. Pass the id and the case of an item.`);
}

/** Any pipeline of the registry, by its options: what a worker builds again to find the functions of its steps. */
export const conformancePipeline = definePipeline({
  name: 'conformance',
  describe: 'One pipeline of the conformance registry.',
  options: {
    item: { type: 'string', demandOption: true, describe: 'The id of the item, e.g. 7.2/001.' },
    case: { type: 'number', default: 1, describe: 'Which of the pipelines of the item; the first is 1.' },
    scratch: { type: 'string', demandOption: true, describe: 'Where what it writes goes.' },
  },
  build: (pipeline, options) => caseOf(options).build(pipeline, options),
});
