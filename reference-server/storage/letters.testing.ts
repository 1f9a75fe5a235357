/** For tests only: short texts of which a store is given long ones, since S3's parts have a least length. */

/** Texts of which each letter stands for `times` bytes. */
export interface Letters {
  readonly times: number;
  spell(text: string): Buffer;
  /** The letters again; what is no such text comes back as it is. */
  read(stream: AsyncIterable<Uint8Array>): Promise<string>;
}

export function lettersOf(times: number): Letters {
  const spell = (text: string) => Buffer.concat([...text].map((letter) => Buffer.alloc(times, letter)));
  return {
    times,
    spell,
    async read(stream) {
      const pieces: Uint8Array[] = [];
      for await (const piece of stream) pieces.push(Buffer.from(piece));
      const bytes = Buffer.concat(pieces);
      const letters = Array.from({ length: bytes.length / times }, (_, i) =>
        String.fromCharCode(bytes[i * times] ?? 0),
      );
      return spell(letters.join('')).equals(bytes) ? letters.join('') : bytes.toString('latin1');
    },
  };
}
