/** For tests: the gates as their files have them, GitHub's own reading of a workflow, and a machine to run scripts on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type * as Parser from '@actions/workflow-parser';
import { tsImport } from 'tsx/esm/api';
import { parse, parseAllDocuments } from 'yaml';

export const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
/** The command line of this checkout. */
export const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** The action and its one step. */
export const action = parse(read('action.yml'));
export const [step] = action.runs.steps;
export const component = parseAllDocuments(read('templates/chunkproof.yml'))[1]?.toJS();

/** What each gate runs, as its file has it, and by which shell. */
export const gates: readonly (readonly [file: string, shell: string, script: string])[] = [
  ['action.yml', 'bash -eo pipefail', step.run],
  ['templates/chunkproof.yml', 'sh -e', component.chunkproof.script.join('\n')],
  ['ci/Jenkinsfile', 'sh -e', /sh '''(.*?)'''/s.exec(read('ci/Jenkinsfile'))?.[1] ?? ''],
  ['ci/gate.sh', 'sh', read('ci/gate.sh')],
];

/** The gate that runs the image: it fetches nothing by npx. */
export const containerGate = ['ci/container.sh', 'sh', read('ci/container.sh')] as const;

/** What GitHub has against a workflow; empty if it would run it. */
export async function workflowFaults(content: string): Promise<readonly string[]> {
  // It imports JSON as Node does not.
  const { parseWorkflow, NoOperationTraceWriter }: typeof Parser = await tsImport(
    '@actions/workflow-parser',
    import.meta.url,
  );
  const { context } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

/** How a script ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Puts an npx and a docker into a folder that fetch nothing: they run the command line of this checkout. As in a container
 * it sees those variables only that it is given. Gives the PATH with that folder.
 */
export function withoutFetching(folder: string): string {
  const npx = `#!/bin/sh\n[ "$1 $2 $3 $4" = "--yes --package chunkproof@0.1.0 chunkproof" ] || exit 99\nshift 4\nexec '${process.execPath}' '${cli}' "$@"\n`;
  const docker = `#!/bin/bash
[ "$1 $2 $3 $4" = "run --rm --network host" ] || exit 99
shift 4
given=()
while true; do case "$1" in
  --user) shift 2 ;;
  --volume) cd "\${2%:/work}" || exit 99; shift 2 ;;
  --workdir) [ "$2" = /work ] || exit 99; shift 2 ;;
  --env) given+=("$2=\${!2}"); shift 2 ;;
  *) break ;;
esac; done
[ "$1" = chunkproof ] || exit 99
shift
exec env -i "\${given[@]}" NO_COLOR=1 PATH="$PATH" '${process.execPath}' '${cli}' "$@"
`;
  for (const [name, text] of Object.entries({ npx, docker })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return `${folder}:${process.env['PATH']}`;
}

/**
 * Runs a script in a folder by this shell, with this environment and nothing else of ours. What it leaves in the background
 * ends with it.
 */
export async function ranBy(
  shell: string,
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  writeFileSync(join(cwd, 'script'), script);
  const [program = 'sh', ...flags] = shell.split(' ');
  const child = spawn(program, [...flags, 'script'], { cwd, stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  child.once('exit', () => endGroup(child.pid));
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out, err, code };
}

/** Ends what is left of a process group. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing was left.
  }
}
