import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, Script } from '../history.ts';
import type { Environment } from './property.ts';

/** So many attacks share one session, since each session costs its proof that nothing was harmed. */
const together = 8;

/** The attacks in groups that one script plays. What fails is made small anyway. */
export function inGroups<Attack>(attacks: readonly Attack[]): readonly (readonly Attack[])[] {
  return Array.from({ length: Math.ceil(attacks.length / together) }, (_, i) =>
    attacks.slice(i * together, (i + 1) * together),
  );
}

/** Attacks on a session `a` that holds chunk 1 already, and then the proof that it is as it should be, to the last byte. */
export function attacked(environment: Environment, attacks: readonly Call[]): Script {
  const session = 'a';
  return scriptOf(
    initiate(session, smallFile(environment, 3)),
    { kind: 'chunk', session, chunk: 1, write: 1 },
    // Bytes of its own for each attack, so that the bytes say which one was taken.
    ...attacks.map((attack, i) => (attack.kind === 'chunk' ? { ...attack, write: i + 2 } : attack)),
    { kind: 'status', session },
    { kind: 'fill', session, write: 100 },
    { kind: 'complete', session },
    { kind: 'content', session },
  );
}
