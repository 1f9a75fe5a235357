import { type Address, parseAddress, remoteInWords } from '../target.ts';
import { UsageError } from './io.ts';

/** Reads a base URL as a person types it. Throws a {@link UsageError} that says what to type instead. */
export function parseTarget(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed.ok) return parsed.address;
  throw new UsageError(parsed.error);
}

/** Why a host that is not loopback is refused, and what to type if it may be judged all the same. */
export function remoteRefusal({ url }: Address, command: string): string {
  return `${remoteInWords(url)} If you may do that to it: npx chunkproof ${command} --allow-remote`;
}
