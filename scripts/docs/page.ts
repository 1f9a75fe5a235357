import { html, type SafeHtml } from '@remix-run/html-template';
import type { Section } from './markdown.ts';

/** A page of the site, before it is put into its frame. */
export interface Page {
  /** Below the root of the site. */
  readonly path: string;
  readonly title: string;
  /** HTML, made by a template or by the Markdown parser. */
  readonly body: SafeHtml;
  readonly sections: readonly Section[];
}

/** What the menu has: a heading and the pages below it. */
export type Menu = readonly { readonly title: string; readonly pages: readonly Pick<Page, 'path' | 'title'>[] }[];

/** Nothing runs or is loaded but the site's own files, wherever it lies. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

/** A page in its frame: links are relative, so that the site works below any path and from a folder. */
export function framed({ path, title, body }: Page, menu: Menu): string {
  const root = '../'.repeat(path.split('/').length - 1);
  const items = menu.map(
    (group) => html`<p>${group.title}</p>
<ul>${group.pages.map((page) => html`<li><a href="${root}${page.path}"${page.path === path ? html` aria-current="page"` : ''}>${page.title}</a></li>\n`)}</ul>
`,
  );
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === 'chunkproof' ? title : `${title} · chunkproof`}</title>
<link rel="stylesheet" href="${root}style.css">
<link rel="icon" href="data:,">
<script src="${root}search.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="brand" href="${root}index.html">chunkproof</a>
<form role="search" hidden><input type="search" placeholder="Search" aria-label="Search" autocomplete="off" spellcheck="false"></form>
</header>
<ol id="found" aria-live="polite" hidden></ol>
<nav aria-label="Pages">
<input type="checkbox" id="menu"><label for="menu">Menu</label>
<div>
${items}</div>
</nav>
<main id="main">
${body}
</main>
</body>
</html>
`);
}
