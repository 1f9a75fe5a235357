import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { html } from '@remix-run/html-template';
import { operations } from '../../generated/operations.ts';
import { type Requirement, requirements } from '../../generated/requirements.ts';
import { description, type JsonObject, object, text } from './description.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The API reference by Redocly, as one page that needs nothing else: beside each operation stand its requirements.
 *
 * @param folder - for what Redocly reads and writes
 */
export async function referencePage(folder: string): Promise<string> {
  const [source, made] = [join(folder, 'reference.json'), join(folder, 'reference.html')];
  await writeFile(source, JSON.stringify(withRequirements(description)));
  const redocly = join(root, 'node_modules/@redocly/cli/bin/cli.js');
  await promisify(execFile)(process.execPath, [redocly, 'build-docs', source, '--inlineBundle', '--output', made], {
    cwd: root,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  return atHome(await readFile(made, 'utf8'));
}

/** The description with the requirements of each operation at the end of its text. */
export function withRequirements(whole: JsonObject): JsonObject {
  const paths = structuredClone(object(whole['paths'])) as Record<string, Record<string, Record<string, unknown>>>;
  for (const [id, { method, path }] of Object.entries(operations)) {
    const operation = paths[path]?.[method.toLowerCase()];
    if (operation === undefined) throw new Error(`${method} ${path} is not in the description`);
    operation['description'] = `${operation['description'] ?? ''}\n\n${listed(id)}`;
  }
  const info = object(whole['info']);
  const told = text(info['description']).replaceAll('](protocol.md)', '](protocol.html)');
  return {
    ...whole,
    info: { ...info, description: `${told}\n${listed('general')}` },
    paths: paths as unknown as JsonObject,
  };
}

function listed(binds: string): string {
  const rows: readonly Requirement[] = Object.values(requirements).filter((row) => row.binds === binds);
  const items = rows.map(
    ({ id, level, text: promise, source }) =>
      `- [\`${id}\`](requirements.html#${id}) **${level}** ${promise}${source === undefined ? '' : ` (${source})`}`,
  );
  return `**Requirements**\n\n${items.join('\n')}\n`;
}

const bar = html`<a class="home" href="index.html">chunkproof documentation</a>`;

/** Redocly's own logo is loaded from its network, and its page has no way back to ours. */
function atHome(page: string): string {
  const blank = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/%3E";
  return [
    [/https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini(-full)?\.svg/g, blank],
    [/<\/head>/, `<link rel="icon" href="data:,"><style>${style}</style></head>`],
    [/<body>/, `<body>${bar}`],
  ].reduce((text, [what, by]) => {
    const changed = text.replace(what as RegExp, () => by as string);
    if (changed === text) throw new Error(`Redocly's page has no ${what} any more`);
    return changed;
  }, page);
}

const style = `.home { display: block; padding: .5rem 1.25rem; font: 14px/1.5 system-ui, sans-serif; color: inherit; }
/* Some of its own colours are too faint to be read. */
html:root { --text-color-disabled: var(--color-warm-grey-7); --text-color-helper: var(--color-warm-grey-7); }
html:root [data-testid="search-trigger"] :is(div, span) { color: var(--text-color-secondary); }
html:root .button-variant-primary { background-color: #0a4fb0; }
html.light .tag-get * { color: #0b6b38 !important; }
html.light .tag-put * { color: #824300 !important; }
html.light .tag-post * { color: #0a4fb0 !important; }
html.light .tag-head * { color: #4b3fb5 !important; }
html.dark :is(.tag-head *, .schema-name) { color: #b9b2ff !important; }
html.light :is(.token.string, .token.property, .button-variant-link) { color: #0a4fb0 !important; }`;
