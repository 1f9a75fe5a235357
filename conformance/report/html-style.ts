/** The colours, light and dark, of every page that we make. */
export const palette = `:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --tint: #f3f5f7; --paper: #fff;
  --bad: #b3261e; --doubt: #8a5a00; --good: #19692c; --link: #0a58ca; }
@media (prefers-color-scheme: dark) { :root { --ink: #e2e6ea; --soft: #9aa4af; --line: #3a424b; --tint: #1c2127;
  --paper: #12161a; --bad: #ff8a80; --doubt: #e8b65a; --good: #7fd491; --link: #8ab4f8; } }
`;

/** The style of the HTML report: light and dark, on paper, and from 390 CSS pixels on. Nothing is loaded. */
export const style = `
${palette}* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; border-bottom: 1px solid var(--line); }
h3 { margin: 1.75rem 0 .25rem; font-size: 1.05rem; }
p, ul, dl { margin: .5rem 0; }
a { color: var(--link); }
code, pre { font: .85rem/1.45 ui-monospace, monospace; }
h3 code { font-size: inherit; }
pre { margin: .5rem 0; padding: .6rem .75rem; overflow-x: auto; background: var(--tint); overflow-wrap: normal; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .2rem .75rem .2rem 0; text-align: left; vertical-align: top; }
td > code, thead th { overflow-wrap: normal; white-space: nowrap; }
thead th { border-bottom: 1px solid var(--line); color: var(--soft); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.calls { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: normal; white-space: nowrap; }
.calls td:last-child { white-space: normal; min-width: 10rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
dd ul { margin: 0; padding-left: 1.1rem; }
summary { cursor: pointer; padding: .15rem 0; }
details > :not(summary) { margin-left: 1.1rem; }
.sequence { font: 12px ui-monospace, monospace; fill: var(--ink); }
.sequence .label { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
.sequence .actor { font-weight: 600; }
.sequence .silent { fill: var(--soft); font-style: italic; }
.sequence .life { stroke: var(--line); }
.sequence .request { stroke: var(--ink); }
.sequence .answer { stroke: var(--ink); stroke-dasharray: 5 4; }
.sequence line.bad { stroke: var(--bad); }
.sequence text.bad, .sequence path.bad { fill: var(--bad); }
.sequence .mark { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; fill: var(--bad); }
.soft { color: var(--soft); }
.bad { color: var(--bad); font-weight: 600; }
.doubt { color: var(--doubt); font-weight: 600; }
.good { color: var(--good); font-weight: 600; }
h1.bad, h1.doubt, h1.good { font-weight: 700; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
  .calls { white-space: normal; } .calls td:last-child { min-width: 6rem; } }
@media print { body { max-width: none; font-size: 10pt; } pre { white-space: pre-wrap; overflow-wrap: anywhere;
  border-left: 2px solid var(--line); }
  .calls { white-space: normal; } h3, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  .found + .found { break-before: page; } .scroll { overflow: visible; } .sequence { max-width: 100%; height: auto; }
  details::details-content { content-visibility: visible; block-size: auto; } }
`;
