// npm run generate: everything in generated/ from spec/. With a folder as argument, there instead.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { bundle, type Description, root } from './description.ts';
import { notice, operationsTs, problemsTs, requirementsMd, requirementsTs } from './emit.ts';

const types = async (text: string): Promise<string> => {
  const reference = (name: string) => ts.factory.createTypeReferenceNode(name);
  const bytes = ts.factory.createUnionTypeNode([reference('Uint8Array'), reference('Blob')]);
  const nodes = await openapiTS(text, {
    // Raw bytes have no JSON schema, which openapi-typescript calls unknown: a chunk could then be anything.
    postTransform: (_type, { path }) => (path?.endsWith('application~1octet-stream') ? bytes : undefined),
  });
  return `// ${notice}\n\n${astToString(nodes)}`;
};

/** Writes every generated file into a folder, which need not exist. The same spec gives the same bytes. */
export const generate = async (folder: string): Promise<void> => {
  const text = await bundle();
  const description = JSON.parse(text) as Description;
  const client = await readFile(join(import.meta.dirname, 'client.ts.txt'), 'utf8');
  const files = {
    'openapi.json': text,
    'types.ts': await types(text),
    'client.ts': `// ${notice}\n\n${client}`,
    'requirements.ts': requirementsTs(description),
    'problems.ts': problemsTs(description),
    'operations.ts': operationsTs(description),
    'REQUIREMENTS.md': requirementsMd(description),
  };
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
};

if (import.meta.main) await generate(resolve(process.argv[2] ?? join(root, 'generated')));
