/** How the page looks: in light and dark, wide and narrow, and in high contrast, by the viewer's own settings. */
export const STYLES = `
:root { color-scheme: light dark; --page: #fbfbfd; --box: #fff; --line: #d5d8e0; --text: #1c2130; --soft: #5b6378; --edge: #8d96ab; --link: #1f56c4; --bad: #b3261e; --good: #1a6e3c; }
@media (prefers-color-scheme: dark) {
  :root { --page: #12141b; --box: #1b1f2a; --line: #343a4a; --text: #e6e9f2; --soft: #a3abc0; --edge: #6f7a94; --link: #8fb4ff; --bad: #ff8f86; --good: #7bd79b; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem clamp(.75rem, 2.5vw, 2rem) 2rem; background: var(--page); color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.3rem; overflow-wrap: anywhere; }
h2 { margin: 1.6rem 0 .5rem; font-size: 1rem; }
p { margin: .2rem 0; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.soft, caption, dt { color: var(--soft); }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); }
#status { font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .5rem 1.5rem; margin: .8rem 0 0; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
dd span:not(:empty) ~ span:not(:empty)::before { content: " · "; }
.box { overflow: auto; background: var(--box); border: 1px solid var(--line); border-radius: 8px; }
#graph { max-height: 70vh; }
#graph svg { display: block; margin: 0 auto; }
#graph svg svg { margin: 0; }
.edge { fill: none; stroke: var(--edge); stroke-width: 1; stroke-opacity: .55; }
.edge.side { stroke-dasharray: 4 4; }
.r1 { stroke-width: 1.5; stroke-opacity: .8; } .r2 { stroke-width: 2.5; stroke-opacity: .85; } .r3 { stroke-width: 4; stroke-opacity: .85; } .r4 { stroke-width: 6; stroke-opacity: .85; } .r5 { stroke-width: 9; stroke-opacity: .85; }
.node rect { fill: var(--box); stroke: var(--line); }
.node rect.several { stroke: var(--link); stroke-width: 1.5; }
.node.bad rect { stroke: var(--bad); stroke-width: 2; }
.node text { fill: var(--text); font: 600 12.5px system-ui, sans-serif; }
.node text.flow { fill: var(--soft); font-weight: 400; font-size: 12px; }
.node:focus-visible { outline: none; }
.node:focus-visible rect, .node:hover rect { stroke: var(--link); stroke-width: 2.5; }
table { width: 100%; border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
caption { padding: .4rem .7rem; text-align: left; }
th, td { padding: .25rem .7rem; border-top: 1px solid var(--line); text-align: left; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 600; white-space: normal; vertical-align: bottom; }
tbody th { position: sticky; left: 0; max-width: 60vw; overflow: hidden; text-overflow: ellipsis; background: var(--box); font-weight: 500; }
tr:target th, tr:target td { background: color-mix(in srgb, var(--link) 14%, var(--box)); }
td.trouble { color: var(--bad); font-weight: 600; }
td.words { white-space: normal; overflow-wrap: anywhere; min-width: 12rem; }
.number { text-align: right; }
.depth1 { padding-left: 1.8rem; } .depth2 { padding-left: 2.9rem; } .depth3 { padding-left: 4rem; } .depth4 { padding-left: 5.1rem; }
.fold { text-decoration: none; }
#messages { margin: 0; padding: .5rem .7rem .5rem 2rem; overflow-wrap: anywhere; }
#messages:empty::after { content: "none"; margin-left: -1.3rem; color: var(--soft); }
@media (max-width: 40rem) {
  body { padding: .75rem; }
  tbody th { max-width: 44vw; }
  #graph { max-height: 55vh; }
}
`;
