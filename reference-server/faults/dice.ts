/**
 * Which faults a request gets. Drawn from the seed and from what the request is, never from time: a client that does the
 * same again meets the same faults, also if it sends chunks in parallel. Only `every` counts requests as they arrive.
 */
import { createHash } from 'node:crypto';
import type { OperationId } from '../../generated/operations.ts';
import type { Fault, Plan, Rule } from './plan.ts';

/** A fault, with a number from 0 to 1 for what the plan leaves open: how long, or where it is cut. */
export type Drawn = Fault & Readonly<{ draw: number }>;

/** Faults after which a client has no answer, or none that helps it. */
const spoils: readonly Fault['fault'][] = ['refuse', 'cut-request', 'lose-answer', 'cut-answer'];
/** After so many of these in a row the same request gets through: no condition may be for ever (`http.transient`). */
const mostInARow = 3;

/** Makes the function from a request to its faults: of those that spoil it one at most, and that first. */
export function diceFor(
  { rules }: Plan,
  seed: number,
): (operation: OperationId, variables: Readonly<Record<string, string>>) => readonly Drawn[] {
  /** Ids are random: what they are called here is which of them came when. */
  const ordinals = new Map<string, number>();
  const ordinalOf = (id: string) => ordinals.get(id) ?? ordinals.set(id, ordinals.size).size - 1;
  const attempts = new Map<string, { count: number; spoilt: number }>();
  const matches = rules.map(() => 0);

  const falls = (rule: Rule, index: number, key: string): number | null => {
    const draw = number(`${seed} ${index} ${key}`);
    if ('chance' in rule) return draw < rule.chance ? draw / rule.chance : null;
    const count = (matches[index] ?? 0) + 1;
    matches[index] = count;
    return count % rule.every === 0 ? draw : null;
  };
  return (operation, { chunkId = '', ...ids }) => {
    const subject = `${operation} ${Object.values(ids).map(ordinalOf).join()} ${chunkId}`;
    const attempt = attempts.get(subject) ?? { count: 0, spoilt: 0 };
    attempts.set(subject, attempt);
    const key = `${subject} ${attempt.count++}`;
    const drawn = rules.flatMap((rule, index): Drawn[] => {
      if (rule.operations !== undefined && !rule.operations.includes(operation)) return [];
      const draw = falls(rule, index, key);
      return draw === null ? [] : [{ ...rule, draw }];
    });
    const spoiling = attempt.spoilt < mostInARow ? drawn.find(({ fault }) => spoils.includes(fault)) : undefined;
    attempt.spoilt = spoiling === undefined ? 0 : attempt.spoilt + 1;
    const others = drawn.filter(({ fault }) => !spoils.includes(fault));
    return spoiling === undefined ? others : [spoiling, ...others];
  };
}

/** A number from 0 to below 1, evenly spread over texts. */
function number(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
