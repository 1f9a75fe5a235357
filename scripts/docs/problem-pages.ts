import { html, type SafeHtml } from '@remix-run/html-template';
import { operations } from '../../generated/operations.ts';
import { type ProblemName, problems } from '../../generated/problems.ts';
import { requirements } from '../../generated/requirements.ts';
import { advice } from './advice.ts';
import { description, documentedProblems, type JsonObject, object, text } from './description.ts';
import type { Markdown } from './markdown.ts';
import type { Page } from './page.ts';

const names = Object.keys(problems) as ProblemName[];

/** A page for each problem type, and before them the one that the fragments of the `type` URIs belong to. */
export function problemPages(line: Markdown['line']): readonly Page[] {
  return [index(line), ...names.map((name) => problemPage(name, line))];
}

function index(line: Markdown['line']): Page {
  const { type } = problems['session-not-found'];
  return {
    path: 'problems/index.html',
    title: 'Problem types',
    sections: [],
    body: html`<h1>Problem types</h1>
<p>Every refusal is a problem (RFC 9457). Programs go by its <code>type</code>, a URI whose fragment is the name of a row
below: <code>${type.split('#')[0]}</code> can be redirected to this page, and the fragment then leads to the row. The three
digest problems are registered with IANA, whose URIs lead there. A problem for which the contract has no name has the type
<code>about:blank</code>, and means what its status means.</p>
<div class="scroll" tabindex="0"><table>
<thead><tr><th>status</th><th>problem</th><th>when</th></tr></thead>
<tbody>
${names.map((name) => html`<tr id="${name}"><td>${problems[name].status}</td><td><a href="${name}.html"><code>${name}</code></a></td><td>${markup(line(whenOf(name)))}</td></tr>\n`)}</tbody>
</table></div>`,
  };
}

function problemPage(name: ProblemName, line: Markdown['line']): Page {
  const { status, title, type } = problems[name];
  const answers = documentedProblems.filter(({ examples }) => exampleIn(examples, type) !== undefined);
  const example = answers.map(({ examples }) => exampleIn(examples, type)).find((one) => one !== undefined)?.[1];
  const promises = Object.values(requirements).filter((row) => row.text.includes(`\`${name}\``));
  const members = Object.entries(object(schemaOf(type)['properties'])).filter(
    ([member]) => !['type', 'status'].includes(member),
  );
  const [first] = answers;
  const named = first === undefined ? undefined : exampleIn(first.examples, type)?.[0];
  const section = { id: '', title: `${name}: ${title}`, text: `${status} ${type} ${whenOf(name)} ${advice[name]}` };
  return {
    path: `problems/${name}.html`,
    title,
    sections: [section],
    body: html`<p class="soft"><a href="index.html">Problem types</a></p>
<h1>${title}</h1>
<dl>
<dt>type</dt><dd><code>${type}</code></dd>
<dt>status</dt><dd>${status}</dd>
<dt>when</dt><dd>${markup(line(whenOf(name)))}</dd>
${members.map(([member, schema]) => html`<dt><code>${member}</code></dt><dd>${markup(line(text(object(schema)['description'])))}</dd>\n`)}</dl>
<h2>What a client does</h2>
<p>${markup(line(advice[name]))}</p>
<h2>Example</h2>
<figure><pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre></figure>
${first === undefined || named === undefined ? '' : tryIt(first.operation, status, named)}
<h2>Who answers so</h2>
<ul>
${answers.map(({ operation }) => html`<li><a href="../reference.html#operation/${operation}"><code>${operation}</code></a>: ${operations[operation].method} <code>${operations[operation].path}</code></li>\n`)}</ul>
${
  promises.length === 0
    ? ''
    : html`<h2>Requirements</h2>
<ul>
${promises.map((row) => html`<li><a href="../requirements.html#${row.id}"><code>${row.id}</code></a> ${row.level}: ${markup(line(row.text))}</li>\n`)}</ul>`
}`,
  };
}

/** The mock gives each problem that is documented when it is asked for it by name. */
function tryIt(operation: keyof typeof operations, status: number, named: string): SafeHtml {
  const { method, path } = operations[operation];
  const url = path.replaceAll(/\{sessionId\}|\{attachmentId\}/g, 'u7Wc0c2mQy1pT9eVb3kZxA').replace('{chunkId}', '0');
  const body = operation === 'initiateUpload' ? ` --json '{"fileName":"a","fileSize":1}'` : '';
  const verb = method === 'GET' || body !== '' ? '' : ` -X ${method}`;
  return html`<p>To see how your client takes it, start <code>npx chunkproof mock --port 4010</code> and ask for it:</p>
<figure><pre tabindex="0"><code>curl${verb} -H 'Prefer: code=${status}, example=${named}'${body} http://127.0.0.1:4010${url}</code></pre></figure>`;
}

const exampleIn = (
  examples: Readonly<Record<string, JsonObject>>,
  type: string,
): readonly [string, JsonObject] | undefined => Object.entries(examples).find(([, value]) => value['type'] === type);

function schemaOf(type: string): JsonObject {
  const schemas = Object.values(object(object(description['components'])['schemas'])).map(object);
  return schemas.find((schema) => object(object(schema['properties'])['type'])['const'] === type) ?? {};
}

const whenOf = (name: ProblemName): string => text(schemaOf(problems[name].type)['description']);

/** What the Markdown parser made is markup already. */
export const markup = (made: string): SafeHtml => html.raw`${made}`;
