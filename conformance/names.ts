/** File names that are hard to keep, and names that have to be refused (requirement `initiate.file-name`). */

/** Code points that tell in each plane of Unicode: its first and last characters, and both of its noncharacters. */
const planes = Array.from({ length: 17 }, (_, plane) =>
  [0x41, 0x378, 0x2028, 0xabcd, 0xfffd, 0xfffe, 0xffff]
    .map((low) => String.fromCodePoint(plane * 0x10000 + low))
    .join(''),
);

const words = (text: string): readonly string[] => text.split(' ');

/** Characters that show nothing, or change what is shown: they are not control characters (Cc) and have to stay. */
const invisible = [
  ...'\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff\u202a\u202b\u202c\u202d\u202e',
  ...'\u2066\u2067\u2068\u2069\ufff9\u{e0041}\u00a0\u3000',
];

/** What one normal form, folding or code page makes of another: composed, decomposed, wide, ligatures, look-alikes. */
const alike = [
  ...words('\u00c4.txt A\u0308.txt \uac00 \u1100\u1161 \u212a \u212b \u00df I\u0307 \u0131 \ufb01 a\u00b4b'),
  ...words('\uff0f \uff0e\uff0e \u2024\u2024 \u2215 \u29f8 \ufe68 \uff3c q\u0323\u0307 q\u0307\u0323'),
];

/** What some system, shell, parser or template takes for more than a name. */
const meant = [
  ...words('con CON nul.txt COM1 LPT9.log CONIN$ a:b C: .hidden ... .... ~ -rf * ? trailing. a + % %zz a%20b'),
  ...words('..%2f %2e%2e %2e%2e%2f ..%5c %00 %0d%0aX-Evil:1 ..%c0%af ..\u2028 $HOME #{x} {{7*7}} `id` $(id) |id %s%n'),
  ...words("it's a\"b \" \";filename=b UTF-8''b =?utf-8?q?b?= a;b a,b a=b &amp; <script>alert(1)<script> ';DROP"),
  ...words('null undefined __proto__ constructor 0 -1 true 1e400 [] \u{1f600}.png \u{1f469}\u200d\u{1f680} 日本語'),
  ...words('\u{1f1e9}\u{1f1ea} 1\ufe0f\u20e3 \u05e9\u05dc\u05d5\u05dd.txt \u0645\u0631.pdf'),
  ' ',
  ' leading',
  'trailing ',
  '. ',
  '.. ',
  ' ..',
];

/** Characters of one to four bytes in UTF-8. */
const widths = ['x', 'é', '日', '😀'] as const;

/** A name of so many bytes, of one character as often as it fits. */
const wide = (character: string, bytes: number): string => {
  const width = new TextEncoder().encode(character).length;
  return character.repeat(Math.floor(bytes / width)) + 'x'.repeat(bytes % width);
};

/** Every plane of Unicode, bidi, joiners, normal forms, devices, traversal in other alphabets, and 255 bytes of UTF-8. */
export const hardNames: readonly string[] = [
  'file.bin',
  ...planes,
  ...invisible.flatMap((character) => [character, `a${character}b.txt`]),
  ...alike,
  ...meant,
  ...widths.flatMap((character) => [wide(character, 254), wide(character, 255)]),
];

/** Every control character (Unicode category Cc), and both separators. */
export const badCharacters: readonly string[] = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 33 }, (_, i) => String.fromCharCode(0x7f + i)),
  '/',
  '\\',
];

/** Names that have to be refused as such; 256 bytes of UTF-8 are one too many, however many characters they are. */
export const refusedNames: readonly string[] = [
  ...words('. .. ../../etc/passwd ..\\..\\boot.ini /etc/passwd C:\\x ....// ./a a/ / \\ a/../b'),
  ...words('a\r\nX-Evil:1 \r \n a\r \nb a\n\r\nb a\0.png \0 \u0085 a\u001b[2Jb a\u009b2Jb'),
  ...words('\ud800 a\udc00 \udc00\ud800 \ud83d.png a\udfffb'),
  ...widths.flatMap((character) => [wide(character, 256), wide(character, 257)]),
  'x'.repeat(10_000),
  ...badCharacters.map((character) => `a${character}b`),
];
