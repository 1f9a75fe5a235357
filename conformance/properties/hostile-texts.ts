/**
 * JSON texts that are hostile as texts, whatever they say: each is an object with the members that are given, or has
 * been one. A text is bytes, a character each (Latin-1), as `body` of a call is.
 */

/** The bytes of a text in UTF-8. */
export const utf8 = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');

/** An object of members that are JSON text already. */
export const object = (...members: readonly string[]): string =>
  `{${members.filter((member) => member !== '').join(',')}}`;

/** What a hostile text is, in words, and the text. */
type Texts = Readonly<Record<string, string>>;

/**
 * Every hostile text with these members, such as `"fileName":"file.bin","fileSize":10`, which may be none: those that
 * every server reads, those that RFC 8259 leaves to it, and those that are no JSON object.
 */
export const hostileTexts = (members: string): Readonly<Record<'read' | 'left' | 'refused', Texts>> => ({
  read: readTexts(members),
  left: leftTexts(members),
  refused: { ...noTexts(members), ...notUtf8(members) },
});

/** Every text of some of these groups. */
export const textsIn = (...groups: readonly Texts[]): string[] => groups.flatMap((texts) => Object.values(texts));

/** JSON that every reader has to take: what is unknown in it means nothing. */
function readTexts(members: string): Texts {
  const unknown = (value: string, name = '"x-unknown"') => object(members, `${name}:${value}`);
  const whole = object(members);
  return {
    'white space around': ` \t\r\n${whole} \r\n\t`,
    'white space within': whole.replaceAll(/[{}:,]/g, ' \n$&\t'),
    'an unknown null': unknown('null'),
    'an unknown object': unknown('{"fileSize":-1,"fileName":"","digest":5}'),
    'an unknown list': unknown('[[],{},"",0,null]'),
    'an unknown number': unknown('-1.5e-3'),
    'an unknown member first': object('"x-unknown":true', members),
    'a hundred unknown members': object(members, ...Array.from({ length: 100 }, (_, i) => `"x-${i}":${i}`)),
    'an empty name': unknown('1', '""'),
    'a long name': unknown('1', `"${'x'.repeat(10_000)}"`),
    'a prototype': unknown('{"contentType":"evil","preferredChunkSize":-1,"digest":5,"status":500}', '"__proto__"'),
    'a prototype that is null': unknown('null', '"__proto__"'),
    'a constructor': unknown('{"prototype":{"fileSize":-1}}', '"constructor"'),
    'methods of an object': object(members, '"toString":null', '"hasOwnProperty":1', '"valueOf":1', '"toJSON":1'),
    'operators of a database': unknown('{"$gt":""}', '"$where"'),
    'escapes in an unknown text': unknown('"\\u0000\\b\\f\\n\\r\\t\\"\\\\\\/\\ud83d\\ude00"'),
    'every plane of Unicode in an unknown text': utf8(unknown('"é日😀\u{10ffff}"')),
    'nested 10 deep': unknown(nested(9)),
    'nested 64 deep': unknown(nested(63)),
    'objects nested 64 deep': unknown(nested(63, '{"a":', '}')),
    'exactly 64 KiB': padded(members, 64 * 1024),
  };
}

/** JSON that RFC 8259 leaves to the reader: to be taken or to be refused. */
function leftTexts(members: string): Texts {
  const unknown = (value: string, name = '"x-unknown"') => object(members, `${name}:${value}`);
  return {
    'a byte order mark': `${utf8('\ufeff')}${object(members)}`,
    'an unknown member twice': object(members, '"x-unknown":1', '"x-unknown":2'),
    'a nested member twice': unknown('{"a":1,"a":1}'),
    'nested 65 deep': unknown(nested(64)),
    'nested 1,000 deep': unknown(nested(999)),
    'nested 10,000 deep': unknown(nested(9999)),
    'objects nested 10,000 deep': unknown(nested(9999, '{"a":', '}')),
    'a number past a double': unknown('1e400'),
    'a number below a double': unknown('1e-400'),
    'a number of 10,000 digits': unknown('7'.repeat(10_000)),
    'a fraction of 10,000 digits': unknown(`0.${'7'.repeat(10_000)}`),
    'minus zero': unknown('-0'),
    'half a character, escaped': unknown('"\\ud800"'),
    'half a character in a name, escaped': unknown('1', '"\\udc00"'),
    'a byte more than 64 KiB': padded(members, 64 * 1024 + 1),
    '300 KB': padded(members, 300_000),
  };
}

/** Text that is no JSON, or no object. */
function noTexts(members: string): Texts {
  const unknown = (value: string, name = '"x-unknown"') => object(members, `${name}:${value}`);
  const whole = object(members);
  return {
    'white space alone': ' \r\n',
    'a brace': '{',
    'half a text': whole.slice(0, -1),
    null: 'null',
    true: 'true',
    'a number': '1',
    'a text': '"text"',
    'an empty list': '[]',
    'a list of it': `[${whole}]`,
    'a brace too many': `${whole}}`,
    'two texts': `${whole}${whole}`,
    'two lines': `${whole}\n${whole}\n`,
    'garbage behind': `${whole}x`,
    'NUL behind': `${whole}\0`,
    'NUL before': `\0${whole}`,
    'a comma behind': `${whole},`,
    'a comma at the end': object(members, '"x-unknown":1,'),
    'a comma too many': object(members, ',"x-unknown":1'),
    'no colon': object(members, '"x-unknown" 1'),
    'no value': unknown(''),
    'no quotes around a name': unknown('1', 'unknown'),
    'single quotes': unknown("'1'"),
    'a comment': `/* a comment */${whole}`,
    'a comment within': `{/**/${whole.slice(1)}`,
    'a comment at the end of a line': `${whole}// a comment`,
    NaN: unknown('NaN'),
    Infinity: unknown('-Infinity'),
    undefined: unknown('undefined'),
    True: unknown('True'),
    'a leading zero': unknown('01'),
    'a plus sign': unknown('+1'),
    'a fraction without a whole': unknown('.5'),
    'a fraction without digits': unknown('1.'),
    'an exponent without digits': unknown('1e'),
    'a hexadecimal number': unknown('0x1'),
    'digits in groups': unknown('1_000'),
    'two minus signs': unknown('--1'),
    'a raw line break in a text': unknown('"a\nb"'),
    'a raw NUL in a text': unknown('"a\0b"'),
    'a raw tab in a text': unknown('"a\tb"'),
    'a bad escape': unknown('"\\x41"'),
    'half an escape': unknown('"\\u12"'),
    'a text without an end': object(members, '"x-unknown":"'),
    'brackets without an end': object(members, `"x-unknown":${'['.repeat(10_000)}`),
    'brackets that do not match': unknown('[}'),
    'a form feed': `\f${whole}`,
    'a no-break space': utf8(`\u00a0${whole}`),
    'a mark within': utf8(`{\ufeff${whole.slice(1)}`),
    'a form': 'fileName=file.bin&fileSize=10',
    'another language': '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  };
}

/** Bytes that are not UTF-8. */
function notUtf8(members: string): Texts {
  const within = (bytes: string) => object(members, `"x-unknown":"a${bytes}b"`);
  const wide = [...object(members)].map((character) => `\0${character}`).join('');
  return {
    'a byte that never occurs': within('\xff'),
    'a byte of Latin-1': within('\xe9'),
    'a lone continuation': within('\x80'),
    'a separator that is overlong': within('\xc0\xaf'),
    'an overlong character': within('\xf0\x82\x82\xac'),
    'a surrogate': within('\xed\xa0\x80'),
    'a pair of surrogates': within('\xed\xa0\xbd\xed\xb8\x80'),
    'past the last plane': within('\xf4\x90\x80\x80'),
    'half a character': within('\xe2\x82'),
    'half a character at the end': `${object(members)}\xe2\x82`,
    'a byte that never occurs in a name': object(members, '"x-\xff":1'),
    'UTF-16': wide,
    'UTF-16 with a mark': `\xfe\xff${wide}`,
    'UTF-16, little end first': `\xff\xfe${[...object(members)].map((character) => `${character}\0`).join('')}`,
    'UTF-32': [...object(members)].map((character) => `\0\0\0${character}`).join(''),
  };
}

/** A value so many levels deep. */
function nested(levels: number, open = '[', close = ']'): string {
  return `${open.repeat(levels - 1)}${open === '[' ? '[]' : '{}'}${close.repeat(levels - 1)}`;
}

/** A text of so many bytes, most of them in an unknown member. */
function padded(members: string, bytes: number): string {
  const empty = object(members, '"x-unknown":""');
  return object(members, `"x-unknown":"${'x'.repeat(bytes - empty.length)}"`);
}

/** Objects in which this member stands twice, once with another value: in both orders, and twice the same. */
export function repeated(members: readonly string[], name: string, value: string, other: string): Texts {
  const [one, two] = [`"${name}":${value}`, `"${name}":${other}`];
  const rest = members.filter((member) => !member.startsWith(`"${name}":`));
  return {
    [`${name} twice`]: object(...rest, one, one),
    [`${name} and another one`]: object(...rest, one, two),
    [`${name} after another one`]: object(...rest, two, one),
    [`${name} before all others, and another one`]: object(one, ...rest, two),
  };
}
