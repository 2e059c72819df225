import { type Cells, COLUMNS } from './cells.ts';
import { CLIENT } from './client.ts';
import type { Fold, FoldedGraph, FoldNode, Scope } from './fold.ts';
import { graphSvg } from './graph-svg.ts';
import { html, Markup } from './markup.ts';
import type { PageSubject } from './live-page.ts';
import { plural } from './quantities.ts';
import { STYLES } from './styles.ts';

/** What a page is made of. */
export interface PageContent {
  readonly subject: PageSubject;
  readonly status: string;
  readonly messages: readonly string[];
  readonly fold: Fold;
  readonly open: ReadonlySet<string>;
  readonly graph: FoldedGraph;
  readonly cells: Cells;
  /** The address of the page with these composites open. */
  readonly addressOf: (open: Iterable<string>) => string;
}

/**
 * The page as it is when it is asked for.
 *
 * @param nonce Lets the page's own script and styles be used, and no others.
 */
export function documentText(content: PageContent, nonce: string): string {
  const { subject, status, messages, cells } = content;
  const { pipeline, runner } = subject;
  const text = (id: string): Markup => html`<span id="${id}">${cells.texts.get(id) ?? ''}</span>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${pipeline} · Viga</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${new Markup(STYLES)}</style>
</head>
<body>
<header>
<h1>${pipeline}</h1>
<p><span id="status" role="status">${status}</span> <span class="soft">· ${runner} runner · ${plural(subject.graph.steps.length, 'step')} · ${text('elapsed')}</span></p>
<dl><div><dt>Last checkpoint</dt><dd>${text('epoch')} ${text('took')} ${text('outbox')}</dd></div></dl>
</header>
<main>
${view(content)}
<h2 id="sinks-title">What sinks are promised</h2>
${sinks(subject)}
<h2>Warnings</h2>
<div class="box"><ol id="messages">${messages.map((one) => html`<li>${one}</li>`)}</ol></div>
</main>
<script nonce="${nonce}">${new Markup(CLIENT)}</script>
</body>
</html>
`;
  return page.text;
}

/** What depends on which composites are open. */
export const viewText = (content: PageContent): string => view(content).text;

function view({ fold, open, graph, cells, addressOf }: PageContent): Markup {
  const toggle = (scope: Scope): string =>
    addressOf(open.has(scope.id) ? [...open].filter((id) => id !== scope.id) : [...open, scope.id]);
  const all = fold.scopes.map(({ id }) => id);
  const link = (id: string, address: string, label: string): Markup =>
    html`<a id="${id}" href="${address}" data-fold="${id}">${label}</a>`;
  const links =
    all.length === 0
      ? html``
      : html`<p>${link('open-all', addressOf(all), 'Open all composites')} · ${link('fold-all', addressOf([]), 'Fold all')}</p>`;
  return html`<div id="view">
<h2 id="graph-title">Graph</h2>
${links}
<div class="box" id="graph" role="region" aria-labelledby="graph-title" tabindex="0">${graphSvg(graph, cells, { nameOf: (node) => nameIn(fold, node.path, open), toggle: (node) => addressOf([...open, node.id]) })}</div>
<h2 id="steps-title">Steps</h2>
<div class="box" role="region" aria-labelledby="steps-title" tabindex="0">
<table aria-labelledby="steps-title">
<thead><tr><th scope="col">step</th>${COLUMNS.map(([id, label, title]) => html`<th scope="col" title="${title}"${classOf(id)}>${label}</th>`)}</tr></thead>
<tbody>
${rows(fold, open, graph, cells, toggle)}
</tbody>
</table>
</div>
</div>`;
}

const NUMBERS: ReadonlySet<string> = new Set(['in', 'out', 'rate', 'lag', 'wait', 'state', 'err', 'late', 'closed']);

const classOf = (column: string): Markup => {
  if (column === 'held') return html` class="words"`;
  const trouble = ['err', 'late', 'closed'].includes(column) ? ' trouble' : '';
  return NUMBERS.has(column) ? html` class="number${trouble}"` : html``;
};

/** The rows of the table: those of open composites over what is in them. */
function rows(
  fold: Fold,
  open: ReadonlySet<string>,
  { nodes }: FoldedGraph,
  cells: Cells,
  toggle: (scope: Scope) => string,
): Markup[] {
  const headed = new Set<string>();
  return nodes.flatMap((node) => {
    const around = fold.around(node.path).filter(({ id }) => open.has(id));
    const heads = around.filter(({ id }) => !headed.has(id));
    for (const { id } of heads) headed.add(id);
    return [
      ...heads.map((scope) => head(scope, fold, open, toggle)),
      row(node, around.length, nameIn(fold, node.path, open), cells, toggle),
    ];
  });
}

function head(scope: Scope, fold: Fold, open: ReadonlySet<string>, toggle: (scope: Scope) => string): Markup {
  const depth = fold.around(scope.path).length;
  const name = nameIn(fold, scope.path, open);
  return html`<tr><th scope="row" colspan="${COLUMNS.length + 1}" class="depth${Math.min(4, depth)}" title="${scope.path}">${foldLink(scope, '▾', name, toggle(scope), true)}</th></tr>
`;
}

function row(node: FoldNode, depth: number, name: string, { texts }: Cells, toggle: (scope: Scope) => string): Markup {
  const { id, path, kind } = node;
  const title =
    kind === undefined ? foldLink({ id, path }, '▸', name, toggle({ id, path }), false) : html`<bdi>${name}</bdi>`;
  const cell = (column: string): Markup =>
    html`<td id="${id}-${column}"${classOf(column)}>${texts.get(`${id}-${column}`) ?? ''}</td>`;
  return html`<tr id="${id}-row"><th scope="row" class="depth${Math.min(4, depth)}" title="${path}">${title}</th>${COLUMNS.map(([column]) => cell(column))}</tr>
`;
}

const foldLink = ({ id }: Scope, sign: string, name: string, address: string, isOpen: boolean): Markup =>
  html`<a class="fold" id="${id}-fold" data-fold="${id}-fold" href="${address}" aria-expanded="${String(isOpen)}"><span aria-hidden="true">${sign}</span> <bdi>${name}</bdi></a>`;

/** A path without the open composites around it, which have rows of their own. */
function nameIn(fold: Fold, path: string, open: ReadonlySet<string>): string {
  const around = fold.around(path).findLast(({ id }) => open.has(id));
  return around === undefined ? path : path.slice(around.path.length + 1);
}

function sinks({ promises }: PageSubject): Markup {
  if (promises.length === 0) return html`<p class="soft">There is no sink.</p>`;
  const rowOf = ({ sink, level, reasons }: PageSubject['promises'][number]): Markup =>
    html`<tr><th scope="row" title="${sink}"><bdi>${sink}</bdi></th><td class="${level === 'exactly-once' ? 'good' : 'bad'}">${level}</td><td class="words">${reasons.join('; ')}</td></tr>
`;
  return html`<div class="box" role="region" aria-labelledby="sinks-title" tabindex="0"><table aria-labelledby="sinks-title">
<thead><tr><th scope="col">sink</th><th scope="col">guarantee</th><th scope="col">why</th></tr></thead>
<tbody>
${promises.map(rowOf)}</tbody>
</table></div>`;
}
