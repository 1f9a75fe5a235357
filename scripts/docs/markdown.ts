import MarkdownIt from 'markdown-it';
import { fenceOf } from './fences.ts';

/** A part of a page that a search can lead to: a heading, and what stands below it without markup. */
export interface Section {
  /** The fragment of its heading. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface Rendered {
  /** The first heading. */
  readonly title: string;
  readonly html: string;
  readonly sections: readonly Section[];
}

export interface Markdown {
  /** A whole text. */
  readonly page: (text: string) => Rendered;
  /** A line of it, without a paragraph around it. */
  readonly line: (text: string) => string;
}

/** The fragment that GitHub gives a heading, so that a link works there and here. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

/** What the pages around a text know, and it does not. */
export interface Site {
  /** Where a link leads on the site; undefined for what the site does not have: then only its text stays. */
  readonly linkTo: (href: string) => string | undefined;
  /** Where a picture is on the site. */
  readonly pictureAt: (source: string) => string;
  /** The SVG of a Mermaid diagram. */
  readonly draw: (mermaid: string) => string;
}

/** Markdown to HTML (CommonMark, and tables). Raw HTML in it stays text, and no link runs a script. */
export function markdownFor({ linkTo, pictureAt, draw }: Site): Markdown {
  const parser = new MarkdownIt({ html: false });
  const { escapeHtml } = parser.utils;
  const { rules } = parser.renderer;

  parser.core.ruler.push('links', ({ tokens }) => {
    for (const { children } of tokens) {
      let kept = true;
      for (const token of children ?? []) {
        if (token.type === 'image') token.attrSet('src', pictureAt(String(token.attrGet('src'))));
        if (token.type === 'link_open') {
          const target = linkTo(String(token.attrGet('href')));
          kept = target !== undefined;
          if (target !== undefined) token.attrSet('href', target);
        }
        // A text token without content is nothing.
        if (!kept && (token.type === 'link_open' || token.type === 'link_close')) token.type = 'text';
      }
    }
  });
  parser.core.ruler.push('headings', ({ tokens }) => {
    const taken = new Set<string>();
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'heading_open') continue;
      const slug = slugOf(plain(tokens[index + 1])) || 'section';
      let id = slug;
      for (let more = 1; taken.has(id); more++) id = `${slug}-${more}`;
      taken.add(id);
      token.attrSet('id', id);
    }
  });

  const code = (text: string, caption = ''): string =>
    `<figure>${caption === '' ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`}<pre tabindex="0"><code>${text}</code></pre></figure>\n`;
  rules['fence'] = (tokens, index) => {
    const { info = '', content = '' } = tokens[index] ?? {};
    const [language = '', ...rest] = info.split(' ');
    if (language === 'mermaid') return `<div class="scroll" tabindex="0">${draw(content)}</div>\n`;
    const text =
      language === 'diff' ? content.replaceAll(/^.*$/gm, (line) => changed(line, escapeHtml)) : escapeHtml(content);
    return code(text, fenceOf(language, rest.join(' '), content).file);
  };
  rules['code_block'] = (tokens, index) => code(escapeHtml(tokens[index]?.content ?? ''));
  rules['table_open'] = () => '<div class="scroll" tabindex="0"><table>\n';
  rules['table_close'] = () => '</table></div>\n';
  // The parser writes the alignment of a column as a style, which the page's policy forbids.
  for (const cell of ['th', 'td'] as const)
    rules[`${cell}_open`] = (tokens, index) =>
      String(tokens[index]?.attrGet('style')).includes('right') ? `<${cell} class="number">` : `<${cell}>`;

  return {
    line: (text) => parser.renderInline(text),
    page: (text) => {
      const tokens = parser.parse(text, {});
      const sections = sectionsOf(tokens);
      const html = parser.renderer.render(tokens, parser.options, {});
      return { title: sections[0]?.title ?? '', html, sections };
    },
  };
}

type Token = ReturnType<InstanceType<typeof MarkdownIt>['parse']>[number];

function sectionsOf(tokens: readonly Token[]): Section[] {
  const sections: { readonly id: string; readonly title: string; readonly texts: string[] }[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open')
      sections.push({ id: String(token.attrGet('id')), title: plain(tokens[index + 1]), texts: [] });
    else if (token.type === 'inline' && tokens[index - 1]?.type !== 'heading_open')
      sections.at(-1)?.texts.push(plain(token));
    else if (token.type === 'fence' && token.info !== 'mermaid') sections.at(-1)?.texts.push(token.content);
  }
  return sections.map(({ texts, ...section }) => ({ ...section, text: texts.join(' ') }));
}

const plain = (inline: Token | undefined): string =>
  (inline?.children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');

function changed(line: string, escapeHtml: (text: string) => string): string {
  const sign = /^[+-]/.exec(line)?.[0];
  if (sign === undefined) return escapeHtml(line);
  const element = sign === '+' ? 'ins' : 'del';
  return `<${element}>${escapeHtml(line)}</${element}>`;
}
