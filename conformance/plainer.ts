import type { Call, Json, Script, Step } from './history.ts';
import { mapSteps, stepsOf } from './steps.ts';

/** The file that a person would think of first. Size in bytes. */
const plainFile = { fileName: 'file.bin', fileSize: 4 } as const;

/**
 * Every script that says in plainer words what this one says: with fewer clients at the same time, with a wait for a body
 * that is held back, of a smaller file in fewer chunks, about the first chunk, with writes numbered as they come. Each is
 * nearer to the plainest one, so there is an end to it.
 */
export function* plainer(script: Script): Generator<Script> {
  const { calls, together = [] } = script;
  for (const branch of together)
    yield mapSteps(
      { ...script, calls: [...calls, ...branch], together: together.filter((one) => one !== branch) },
      keep,
    );
  for (const [at, { fault }] of stepsOf(script).entries()) {
    if (fault?.kind !== 'hold' || fault.until) continue;
    const { ms, expiryOf } = fault;
    const wait: Step = { call: { kind: 'wait', ...(ms === undefined ? {} : { ms }), ...(expiryOf && { expiryOf }) } };
    yield mapSteps(script, (step, number) => [number === at ? wait : step]);
  }
  yield* ofSmallerFiles(script);
  yield* onFirstChunk(script);
  const numbered = numberedWrites(script);
  if (JSON.stringify(numbered) !== JSON.stringify(script)) yield numbered;
}

const keep = (step: Step): readonly Step[] => [step];

/** Equal declarations stay equal: a repeat would be another request else. */
function* ofSmallerFiles(script: Script): Generator<Script> {
  // How long a session lives is what a script that waits for its end is about.
  const expires = stepsOf(script).some(({ call, fault }) =>
    [call, fault].some((one) => one && 'expiryOf' in one && one.expiryOf !== undefined),
  );
  const declared = stepsOf(script).flatMap(({ call }) => (call.kind === 'initiate' && call.json ? [call.json] : []));
  for (const text of new Set(declared.map((json) => JSON.stringify(json)))) {
    const file: Json = JSON.parse(text);
    if (!isObject(file)) continue;
    for (const json of plainerFiles(file, expires ? ['preferredTimeoutSeconds'] : []))
      yield mapSteps(script, (step) => {
        const { call } = step;
        const same = call.kind === 'initiate' && JSON.stringify(call.json) === text;
        return [same ? { ...step, call: { ...call, json } } : step];
      });
  }
}

type JsonObject = { readonly [member: string]: Json };

/** The same declaration with less in it. The members named are left alone. */
function* plainerFiles(json: JsonObject, kept: readonly string[]): Generator<JsonObject> {
  const { fileName, fileSize, preferredChunkSize: hint } = json;
  const needed = ['fileName', 'fileSize', ...kept];
  const spare = Object.keys(json).filter((member) => !needed.includes(member));
  const without = (members: readonly string[]): JsonObject =>
    Object.fromEntries(Object.entries(json).filter(([member]) => !members.includes(member)));
  const large = typeof fileSize === 'number' && fileSize > plainFile.fileSize;
  if (large) yield { ...without(spare), fileSize: plainFile.fileSize };
  if (spare.length > 1) yield without(spare);
  for (const member of spare) yield without([member]);
  if (large && typeof hint === 'number' && hint >= 1) {
    const chunks = Math.ceil(fileSize / hint);
    const small = Math.min(hint, plainFile.fileSize);
    for (const [count, size] of [
      [1, small],
      [2, small],
      [chunks, small],
      [chunks - 1, hint],
    ] as const)
      if (count >= 1 && count * size < fileSize) yield { ...json, fileSize: count * size, preferredChunkSize: size };
  }
  if (typeof fileName === 'string' && fileName !== plainFile.fileName) yield { ...json, fileName: plainFile.fileName };
}

/** What was done to some chunk, done to the first one, if nothing is done to that one yet. */
function* onFirstChunk(script: Script): Generator<Script> {
  const chunks = new Set(
    stepsOf(script).flatMap(({ call }) => (call.kind === 'chunk' ? [JSON.stringify([call.session, call.chunk])] : [])),
  );
  for (const [session, chunk] of [...chunks].map((text) => JSON.parse(text) as [string, number | string])) {
    if (typeof chunk !== 'number' || chunks.has(JSON.stringify([session, 0]))) continue;
    yield mapSteps(script, (step) => {
      const { call } = step;
      const same = call.kind === 'chunk' && call.session === session && call.chunk === chunk;
      return [same ? { ...step, call: { ...call, chunk: 0 } } : step];
    });
  }
}

/** The same script with its writes numbered from 1, in their order; the same bytes stay the same. */
function numberedWrites(script: Script): Script {
  const sessions = new Map<string, Json | undefined>();
  const names = new Map<number, number>();
  let next = 1;
  return mapSteps(script, (step): readonly Step[] => {
    const { call } = step;
    if (call.kind === 'initiate') sessions.set(call.session, call.json);
    if (call.kind !== 'chunk' && call.kind !== 'fill') return [step];
    const known = call.kind === 'chunk' ? names.get(call.write) : undefined;
    const write = known ?? next;
    if (call.kind === 'chunk') names.set(call.write, write);
    if (known === undefined) next += call.kind === 'fill' ? chunksOf(sessions.get(call.session)) : 1;
    return [{ ...step, call: { ...call, write } as Call }];
  });
}

/** How many chunks a file has, as far as its declaration tells. */
function chunksOf(json: Json | undefined): number {
  const { fileSize, preferredChunkSize } = isObject(json) ? json : {};
  const chunks = Math.ceil(Number(fileSize) / Number(preferredChunkSize ?? fileSize));
  return Number.isSafeInteger(chunks) ? Math.max(1, chunks) : 1;
}

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
