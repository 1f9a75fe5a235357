import fc from 'fast-check';
import { parseDictionary } from 'structured-headers';
import { describe, expect, test } from 'vitest';
import { digestTexts } from '../properties/hostile-fields.ts';
import { filled } from '../templates.ts';
import { sha256Base64 } from './digest.ts';
import { readDigests } from './digest-field.ts';

const right = sha256Base64(new Uint8Array([1, 2, 3]));
const wrong = sha256Base64(new Uint8Array([3, 2, 1]));
const text = (template: string): string => filled(template, { right, wrong });
const read = (template: string, supported: readonly string[] = ['sha-256']) => readDigests(text(template), supported);
const invalid = 'digest-invalid-values';

test.each([
  'sha-256=:{right}:',
  'sha-256=:{right}:  ',
  ' sha-256=:{right}:',
  'x=1,sha-256=:{right}:',
  'x=1\t,\tsha-256=:{right}:',
  'x, sha-256=:{right}:',
  'x;a;b=2, sha-256=:{right}:',
  'x=?0;a=:AA==:, sha-256=:{right}:',
  'x=(1 "a, b" c);d=-1.5, sha-256=:{right}:',
  'x="sha-256=::, \\"", sha-256=:{right}:',
  '*x._-=*a:/b, sha-256=:{right}:',
  'sha-256=:{wrong}:, sha-256=:{right}:',
  'sha-256=5, sha-256=:{right}:',
])('%j expects the right digest, and has to be taken', (template) => {
  expect(read(template)).toEqual({ faults: [], leave: [], expects: right });
});

test.each(['', ' ', 'x', 'x=:AAAA:', 'x=:AAAA:, sha-512=:AAAA:', 'sha-25=:{right}:', 'sha-2566=:{right}:'])(
  '%j names no supported algorithm',
  (template) => {
    expect(read(template)).toEqual({ faults: ['digest-unsupported-algorithms'], leave: [] });
  },
);

test.each([
  'sha-256=:{right}',
  'sha-256={right}:',
  'sha-256:{right}:',
  'sha-256 =:{right}:',
  'sha-256= :{right}:',
  'sha-256=:{right}:,',
  ',sha-256=:{right}:',
  'sha-256=:{right}:,,x=1',
  'sha-256=:{right}:;',
  'sha-256=:{right}: x',
  'SHA-256=:{right}:',
  'x=1., sha-256=:{right}:',
  'x=1.2345, sha-256=:{right}:',
  'x=1234567890123456, sha-256=:{right}:',
  'x="é", sha-256=:{right}:',
  'x="\\a", sha-256=:{right}:',
  'x=(1,2), sha-256=:{right}:',
  'sha-256=:{right}-:',
  'sha-256',
  'sha-256;a',
  'sha-256=?1',
  'sha-256=token',
  'sha-256="{right}"',
  'sha-256=5',
  'sha-256=@1',
  'sha-256=@?1',
  'sha-256=%"',
  'x=@1 2, sha-256=:{right}:',
  'x=@1;, sha-256=:{right}:',
  'sha-256=(:{right}:)',
  'sha-256=::',
  'sha-256=:AAAA:',
  'sha-256=:{right}:, sha-256=:AAAA:',
])('%j is invalid, whatever the bytes are', (template) => {
  const { faults, expects } = read(template);
  expect({ faults, expects }).toEqual({ faults: [invalid], expects: undefined });
});

test.each([
  'x=@1, sha-256=:{right}:',
  'x=%"a b %c3%a9", sha-256=:{right}:',
  'x;a=@-5, sha-256=:{right}:',
  'x=@, sha-256=:{right}:',
  'x=%"%C3%A9", sha-256=:{right}:',
  'x=%"%c3", sha-256=:{right}:',
  'x=@?1, sha-256=:{right}:',
  'x=@"1;a=%, sha-256=:{right}:',
  'x=(1 @1:2 %c3);a, sha-256=:{right}:',
  'x=%"%c3%a9, sha-256=:{right}:',
  'x=%%c3%a9", sha-256=:{right}:',
  'x=%""%c3%a9", sha-256=:{right}:',
  'x=%"a, b"c, sha-256=:{right}:',
  'x=:AA:, sha-256=:{right}:',
  'x=:AB==:, sha-256=:{right}:',
  'x=:A:, sha-256=:{right}:',
  'sha-256=:{right}:;a=1',
  '\tsha-256=:{right}:',
])('%j may be taken, or be refused as invalid', (template) => {
  expect(read(template)).toEqual({ faults: [], leave: [invalid], expects: right });
});

test('base64 without its padding, or with pad bits that are not zero, may be taken or refused', () => {
  const bare = right.replace('=', '');
  const bits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = bits.indexOf(bare.at(-1) as string);
  const padded = `${bare.slice(0, -1)}${bits[last + 1]}=`;
  for (const base64 of [bare, padded, `${right}=`])
    expect(read(`sha-256=:${base64}:`)).toEqual({ faults: [], leave: [invalid], expects: right });
});

test('nothing of an algorithm that the target has, and this reader has not, is held against it', () => {
  const free = { faults: [], leave: [invalid, 'digest-mismatched-values'] };
  expect(read('sha-512=:AAAA:', ['sha-256', 'sha-512'])).toEqual(free);
  expect(read('sha-512=:AAAA:, sha-256=:{right}:', ['sha-256', 'sha-512'])).toEqual({ ...free, expects: right });
});

describe('beside another reader of dictionaries', () => {
  /** What the other one makes of it. Dates followed by anything it takes for an error, so they are left out. */
  const other = (field: string) => {
    try {
      const value = parseDictionary(field).get('sha-256')?.[0];
      if (value === undefined) return 'unsupported';
      return value instanceof ArrayBuffer && value.byteLength === 32
        ? Buffer.from(value).toString('base64')
        : 'invalid';
    } catch {
      return 'invalid';
    }
  };
  const ours = (field: string) => {
    const { faults, expects } = readDigests(field, ['sha-256']);
    if (expects !== undefined) return expects;
    return faults[0] === 'digest-unsupported-algorithms' ? 'unsupported' : 'invalid';
  };
  const letters = fc.constantFrom(...'sha-256=:;,"()?@%*\\ \taZ09.-_/+~'.split(''), right, 'x=:AA==:', 'é', '\x00');
  const mutated = fc
    .tuple(
      fc.constantFrom(...digestTexts, 'x=1.5;a=?1, sha-256=:{right}:;b="c", y=(1 2);d'),
      fc.array(fc.tuple(fc.nat(), fc.nat(2), letters), { maxLength: 3 }),
    )
    .map(([template, changes]) =>
      changes.reduce((field, [place, removed, added]) => {
        const at = place % (field.length + 1);
        return field.slice(0, at) + added + field.slice(at + removed);
      }, text(template)),
    );

  test('5,000 mutated fields say the same to both', () => {
    fc.assert(
      fc.property(mutated, (field) => {
        fc.pre(!/@|^[ \t]*\t|\n/.test(field));
        // Of base64 that no decoder need take neither reader is right.
        fc.pre(!readDigests(field, ['sha-256']).leave.includes('digest-invalid-values'));
        expect([field, ours(field)]).toEqual([field, other(field)]);
      }),
      { numRuns: 5000 },
    );
  });

  test('no text at all makes the reader throw, or slow', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (field) => {
        readDigests(field, ['sha-256', 'sha-512']);
      }),
      { numRuns: 2000 },
    );
    // So long that a reader whose time grows with their square would not come to the end of the test.
    for (const long of [
      ';a'.repeat(200_000),
      ' '.repeat(600_000),
      '('.repeat(200_000),
      'x=(1 '.repeat(100_000),
      `=(${'%" '.repeat(200_000)}`,
      `=(${'@" '.repeat(200_000)}`,
      '=%"'.repeat(200_000),
      ',x=%"'.repeat(100_000),
      ',x'.repeat(200_000),
    ])
      readDigests(`x${long}`, ['sha-256']);
  });
});
