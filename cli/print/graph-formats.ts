import { edgeLabel, ownName, type ScopeNode, scopeTree, type StepNode } from './graph-view.ts';
import type { Paint } from './paint.ts';
import { visible } from './safe-text.ts';
import { type Cell, tableLines } from './table.ts';

// Four ways to print a graph: for people, for Mermaid (Markdown), for Graphviz, for machines.

/** A tree of composites and steps, each step with its kind and where its input comes from. */
export function graphText(name: string, steps: readonly StepNode[], paint: Paint, width: number): string[] {
  const rows: Cell[][] = [];
  const walk = (scope: ScopeNode, depth: number): void => {
    for (const child of scope.children) {
      const indent = '  '.repeat(depth);
      const only = onlyStep(child);
      if (only !== undefined) {
        const name = visible(only.path.split('/').slice(depth).join('/'));
        rows.push([
          { text: `${indent}${name}` },
          { text: only.kind, paint: paint.cyan },
          { text: visible(sourcesText(only)), paint: paint.dim },
        ]);
      } else if ('children' in child) {
        rows.push([{ text: `${indent}${visible(child.name)}`, paint: paint.bold }]);
        walk(child, depth + 1);
      }
    }
  };
  walk(scopeTree(name, steps), 0);
  const columns = [{ align: 'left' }, { align: 'left' }, { align: 'left', shrinks: 'end' }] as const;
  return [`${paint.bold(visible(name))}`, ...tableLines(columns, rows, width)];
}

/** The step that a child is, or all that is in it: a composite of one step needs no line of its own. */
function onlyStep(child: ScopeNode | StepNode): StepNode | undefined {
  if (!('children' in child)) return child;
  const [first] = child.children;
  return child.children.length === 1 && first !== undefined ? onlyStep(first) : undefined;
}

function sourcesText({ inputs, location, isBounded }: StepNode): string {
  const parts = inputs.map((input) => {
    const from = input.output === undefined ? input.from : `${input.from} (${input.output})`;
    return input.sideInput === undefined ? `← ${from}` : `${input.sideInput} ⇠ ${from}`;
  });
  if (location !== undefined) parts.push(location);
  if (!isBounded) parts.push('unbounded');
  return parts.join('  ');
}

/** A Mermaid flowchart: composites are subgraphs, side inputs are dotted. */
export function graphMermaid(name: string, steps: readonly StepNode[]): string[] {
  const ids = new Map(steps.map(({ path }, n) => [path, `s${n}`]));
  let scopes = 0;
  const walk = (scope: ScopeNode, indent: string): string[] =>
    scope.children.flatMap((child) =>
      'children' in child
        ? [`${indent}subgraph g${scopes++}["${mermaid(child.name)}"]`, ...walk(child, `${indent}  `), `${indent}end`]
        : [`${indent}${ids.get(child.path)}["${mermaid(ownName(child.path))}"]`],
    );
  const edges = steps.flatMap(({ path, inputs }) =>
    inputs.map((input) => {
      const label = edgeLabel(input);
      const arrow = input.sideInput === undefined ? '-->' : '-.->';
      return `  ${ids.get(input.from)} ${arrow}${label === undefined ? '' : `|"${mermaid(label)}"|`} ${ids.get(path)}`;
    }),
  );
  return [
    '---',
    `title: ${JSON.stringify(visible(name))}`,
    '---',
    'flowchart TD',
    ...walk(scopeTree(name, steps), '  '),
    ...edges,
  ];
}

// Mermaid reads quoted labels as text with HTML entities, written with # for &.
const mermaid = (text: string): string =>
  visible(text).replace(/[#"<>&`]/g, (character) => `#${character.charCodeAt(0)};`);

/** A Graphviz digraph: composites are clusters, side inputs are dashed. */
export function graphDot(name: string, steps: readonly StepNode[]): string[] {
  let scopes = 0;
  const walk = (scope: ScopeNode, indent: string): string[] =>
    scope.children.flatMap((child) =>
      'children' in child
        ? [
            `${indent}subgraph ${dot(`cluster_${scopes++}`)} {`,
            `${indent}  label=${dot(child.name)};`,
            ...walk(child, `${indent}  `),
            `${indent}}`,
          ]
        : [`${indent}${dot(child.path)} [label=${dot(ownName(child.path))}];`],
    );
  const edges = steps.flatMap(({ path, inputs }) =>
    inputs.map((input) => {
      const label = edgeLabel(input);
      const traits = [
        ...(label === undefined ? [] : [`label=${dot(label)}`]),
        ...(input.sideInput === undefined ? [] : ['style=dashed']),
      ];
      return `  ${dot(input.from)} -> ${dot(path)}${traits.length === 0 ? '' : ` [${traits.join(', ')}]`};`;
    }),
  );
  return [
    `digraph ${dot(name)} {`,
    '  rankdir=TB;',
    '  node [shape=box, style=rounded];',
    ...walk(scopeTree(name, steps), '  '),
    ...edges,
    '}',
  ];
}

const dot = (text: string): string => `"${visible(text).replace(/[\\"]/g, '\\$&')}"`;

/** One JSON document: the pipeline's name and its steps. */
export const graphJson = (name: string, steps: readonly StepNode[]): string[] => [
  JSON.stringify({ pipeline: name, steps }, null, 2),
];
