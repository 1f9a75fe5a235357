/**
 * The bytes of an upload: a stream seeded by the write and the chunk, so that bytes read back say which upload wrote
 * them, and a torn or misplaced chunk shows at once.
 *
 * @param write - the upload's number in its script
 * @param chunk - the chunk's index
 * @param length - in bytes; a shorter stream is a prefix of a longer one
 */
export function bytesOf(write: number, chunk: number, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (Math.imul(write + 1, 0x9e3779b1) ^ Math.imul(chunk + 1, 0x85ebca6b)) >>> 0;
  for (let i = 0; i < words.length; i++) {
    // mulberry32: 32 bits of state are plenty to tell the uploads of one script apart, and it is fast.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    words[i] = (mixed ^ (mixed >>> 14)) >>> 0;
  }
  return new Uint8Array(words.buffer, 0, length);
}
