import type { Shard } from './options.ts';

/**
 * Whether a script is this part's: the parts take turns, so each plays every Nth script of a property. A property's
 * place shifts the turns, since otherwise the first part would play every property that has only one script.
 *
 * @param place - the property's place among all properties
 * @param index - the script's place among its property's
 */
export function isMine(shard: Shard | undefined, place: number, index: number): boolean {
  return shard === undefined || (place + index) % shard.count === shard.index - 1;
}

/** Why a part of a run has not seen something, in words. */
export const otherPart = ({ index, count }: Shard): string =>
  `left to the other parts: this is --shard ${index}/${count}`;
