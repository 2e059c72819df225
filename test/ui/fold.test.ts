import { expect, test } from 'vitest';
import { Fold } from '../../ui/fold.ts';
import { EVIL, subject } from './subject.ts';

const fold = new Fold(subject().graph);
const show = (open: readonly string[]) => {
  const { nodes, edges } = fold.folded(new Set(open));
  return {
    nodes: nodes.map(({ path }) => path),
    edges: edges.map(({ from, to, isSide }) => `${from.path} ${isSide ? '-side->' : '->'} ${to.path}`),
  };
};

test('a composite that is closed is one node, with the edges of all that is in it', () => {
  expect(show([])).toEqual({
    nodes: ['Rates/Create', 'Orders/Create', 'Clean', EVIL],
    edges: ['Orders/Create -> Clean', `Clean -> ${EVIL}`, `Rates/Create -side-> ${EVIL}`],
  });
});

test('a composite that is open is its steps', () => {
  const [clean] = fold.scopes;
  expect(clean?.path).toBe('Clean');
  expect(show([clean?.id ?? ''])).toEqual({
    nodes: ['Rates/Create', 'Orders/Create', 'Clean/Trim', 'Clean/Full', EVIL],
    edges: [
      'Orders/Create -> Clean/Trim',
      'Clean/Trim -> Clean/Full',
      `Clean/Full -> ${EVIL}`,
      `Rates/Create -side-> ${EVIL}`,
    ],
  });
});

test('elements enter a composite by the steps that take them from outside, and leave it by those that others take of', () => {
  const clean = fold.folded(new Set()).nodes.find(({ path }) => path === 'Clean');
  expect(clean).toMatchObject({ steps: [2, 3], entering: [2], leaving: [3] });
});
