import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { palette } from '../../conformance/report/html-style.ts';
import { createDraw, type Draw } from './diagrams.ts';
import { markdownFor } from './markdown.ts';
import { framed, type Menu, type Page } from './page.ts';
import { markup, problemPages } from './problem-pages.ts';
import { referencePage } from './reference.ts';
import { requirementPage } from './requirement-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The pages that are a Markdown file of the repository, and where they are on the site. */
const texts: ReadonlyMap<string, string> = new Map([
  ['docs/index.md', 'index.html'],
  ['spec/protocol.md', 'protocol.html'],
  ['spec/CHANGELOG.md', 'contract-changes.html'],
  ['README.md', 'suite.html'],
  ['reference-server/README.md', 'reference-server.html'],
  ['CONTRIBUTING.md', 'contributing.html'],
  ['CHANGELOG.md', 'changes.html'],
  ...globSync('docs/{guides/,}*.md', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file !== 'docs/index.md')
    .sort()
    .map((file) => [file, file.replace(/^docs\//, '').replace(/\.md$/, '.html')] as const),
]);

/** Files of the repository that the site has in another form. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['spec/openapi.yaml', 'reference.html'],
  ['generated/REQUIREMENTS.md', 'requirements.html'],
  ['conformance/mutants/matrix.md', 'requirements.html'],
  ...texts,
]);

/** Writes the whole site into a folder, which need not exist, and gives the paths of its pages. */
export async function buildSite(folder: string): Promise<readonly string[]> {
  const draw = await createDraw();
  const { line } = markdownFor({ linkTo: () => undefined, pictureAt: unknownPicture, draw });
  const written = [...texts].map(([file, path]) => textPage(file, path, draw));
  const pages = [...written, requirementPage(line), ...problemPages(line)];
  const menu = menuOf(pages);
  for (const page of pages) await put(folder, page.path, framed(page, menu));
  const scratch = await mkdtemp(join(tmpdir(), 'chunkproof-docs-'));
  try {
    await put(folder, 'reference.html', await referencePage(scratch));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  await put(folder, 'style.css', `${palette}${read('scripts/docs/style.css')}`);
  await put(
    folder,
    'search.js',
    `${read('node_modules/minisearch/dist/umd/index.js').replace(/^\/\/# source.*$/m, '')}${read('scripts/docs/search.browser.js')}`,
  );
  await put(folder, 'search-sections.js', sectionsScript(pages));
  return [...pages.map(({ path }) => path), 'reference.html'];
}

/** A Markdown file as a page. Links to other pages become links of the site; of other files only the text stays. */
function textPage(file: string, path: string, draw: Draw): Page {
  const linkTo = (href: string): string | undefined => {
    if (/^[a-z]+:/.test(href) || href.startsWith('#')) return href;
    const [name = '', fragment] = href.split('#');
    const target = posix.join(posix.dirname(file), decodeURIComponent(name));
    const at = elsewhere.get(target);
    if (at !== undefined)
      return `${posix.relative(posix.dirname(path), at)}${fragment === undefined ? '' : `#${fragment}`}`;
    if (!existsSync(join(root, target))) throw new Error(`${file} links to ${target}, which is not there`);
    return undefined;
  };
  // In the page itself: it is read wherever the page is.
  const pictureAt = (source: string): string => {
    if (!/^[\w/.-]+\.svg$/.test(source)) return unknownPicture(source);
    return `data:image/svg+xml;base64,${Buffer.from(read(posix.join(posix.dirname(file), source))).toString('base64')}`;
  };
  const { title, html: body, sections } = markdownFor({ linkTo, pictureAt, draw }).page(read(file));
  return { path, title, body: markup(body), sections };
}

function unknownPicture(source: string): never {
  throw new Error(`the site has no picture ${source}: an SVG file beside the text would be one`);
}

function menuOf(pages: readonly Page[]): Menu {
  const named = (path: string): Page => {
    const page = pages.find((one) => one.path === path);
    if (page === undefined) throw new Error(`the site has no page ${path}`);
    return page;
  };
  const guides = [
    'implement-a-server',
    'test-your-server',
    'write-a-client',
    'gate-your-pipeline',
    'mount-under-a-host-api',
  ]
    .map((name) => `guides/${name}.html`)
    .filter((path) => pages.some((page) => page.path === path));
  const listed = new Set([...texts.values()].filter((path) => /^[^/]+\.html$/.test(path)));
  const benchmarks = pages
    .filter(({ path }) => path === 'performance.html')
    .map(({ path }) => ({ path, title: 'Benchmarks' }));
  const own = [
    'performance',
    'index',
    'suite',
    'protocol',
    'contract-changes',
    'reference-server',
    'contributing',
    'changes',
  ];
  for (const name of own) listed.delete(`${name}.html`);
  return [
    { title: 'Guides', pages: guides.map(named) },
    {
      title: 'The contract',
      pages: [
        named('protocol.html'),
        { path: 'reference.html', title: 'API reference' },
        named('requirements.html'),
        named('problems/index.html'),
        { path: 'contract-changes.html', title: 'Changes of the contract' },
      ],
    },
    {
      title: 'The project',
      pages: [
        { path: 'suite.html', title: 'The suite' },
        { path: 'reference-server.html', title: 'The reference server' },
        ...[...listed].sort().map(named),
        ...benchmarks,
        named('contributing.html'),
        { path: 'changes.html', title: 'Changes' },
      ],
    },
  ];
}

/** As a script, and not as JSON, because a page that was opened from a folder may load no other. */
function sectionsScript(pages: readonly Page[]): string {
  const sections = pages.flatMap(({ path, title, sections }) =>
    sections.map((one) => ({
      page: title,
      title: one.title,
      url: one.id === '' ? path : `${path}#${one.id}`,
      text: one.text.replaceAll(/\s+/g, ' ').trim(),
    })),
  );
  return `globalThis.chunkproofSections = ${JSON.stringify(sections.map((one, id) => ({ id, ...one })))};\n`;
}

async function put(folder: string, path: string, content: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
