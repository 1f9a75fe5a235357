/** `npm run docs [-- folder]`: the documentation as static files, in `site/` unless told otherwise. */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildSite } from './docs/build.ts';

const folder = resolve(process.argv[2] ?? 'site');
if (process.argv[2] === undefined) await rm(folder, { recursive: true, force: true });
const pages = await buildSite(folder);
process.stdout.write(`${pages.length} pages in ${folder}\n`);
