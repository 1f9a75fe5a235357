/** A range of bytes: its first and its last, which is one of them. */
export interface Part {
  readonly first: number;
  readonly last: number;
}

/**
 * A `Range` field against a size (RFC 9110 14.1.2): the one range, the satisfiable ones of `several` and whether they are so
 * many, or overlap, that the server may refuse them, `unsatisfiable`, or `free` where a server may also ignore the field:
 * another unit, bad syntax, an empty file.
 */
export function parseRange(
  field: string,
  size: number,
  mostDigits = 16,
): Part | { several: Part[]; excessive: boolean } | 'unsatisfiable' | 'free' {
  const [, list] = /^bytes=(\S.*)$/.exec(field) ?? [];
  const parts = (list ?? '')
    .split(',')
    .map((text) => parsePart(text.replace(/^[ \t]+|[ \t]+$/g, ''), size, mostDigits));
  if (size === 0 || parts.includes('free')) return 'free';
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const several = parts.filter((part) => typeof part === 'object');
  const ascending = [...several].sort((a, b) => a.first - b.first);
  const overlapping = ascending.some(({ last }, i) => last >= (ascending[i + 1]?.first ?? Number.POSITIVE_INFINITY));
  return { several, excessive: overlapping || parts.length > manyRanges };
}

/** More ranges than these a server may take for an attack (RFC 9110 14.2). */
const manyRanges = 8;

/** A range as a tolerant reader takes it: its unit in any case (RFC 9110 14.1), without white space, signs and empty elements. */
export const tidied = (field: string): string =>
  field
    .toLowerCase()
    .replace(/[ \t]+/g, '')
    .replace(/\+(?=\d)/g, '')
    .replace(/=,+/, '=')
    .replace(/,+(?=,|$)/g, '');

/** Whether some of the ranges of bytes begin with one, and are to be had. */
export const parsesInPart = (field: string, size: number): boolean =>
  (/^bytes=(.*)$/.exec(field)?.[1] ?? '').split(',').some((text) => {
    const [range] = /^\d*-\d*/.exec(text) ?? [];
    return range !== undefined && typeof parsePart(range, size, Number.POSITIVE_INFINITY) === 'object';
  });

function parsePart(text: string, size: number, mostDigits: number): Part | 'unsatisfiable' | 'free' {
  const [, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(text) ?? [];
  if (Math.max(first.length, last.length) > mostDigits) return 'free';
  if (first === '') return Number(last) === 0 ? 'free' : { first: Math.max(0, size - Number(last)), last: size - 1 };
  if (last !== '' && Number(last) < Number(first)) return 'free';
  if (Number(first) >= size) return 'unsatisfiable';
  return { first: Number(first), last: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/** What is left of several ranges once they are joined over whatever lies between them: of a single one, that one. */
export const joined = (ranges: readonly Part[]): Part => ({
  first: Math.min(...ranges.map(({ first }) => first)),
  last: Math.max(...ranges.map(({ last }) => last)),
});
