/** A storage whose syncs are timed: the same promises, and what passes through is told. */
import type { Bytes, Records } from './storage/ports.ts';

/** Gets seconds. */
type Synced = (what: 'chunk' | 'record', seconds: number) => void;

/** Times what is waited for after a chunk's last byte: writing what is left, and syncing it. */
export function measuredBytes(bytes: Bytes, synced: Synced): Bytes {
  return {
    ...bytes,
    async receive(target, body) {
      let ended = 0;
      const noted = (result: IteratorResult<Uint8Array>) => {
        if (result.done) ended = performance.now();
        return result;
      };
      const held = await bytes.receive(target, {
        [Symbol.asyncIterator]() {
          const pieces = body[Symbol.asyncIterator]();
          const next = () => pieces.next().then(noted);
          return pieces.return === undefined ? { next } : { next, return: pieces.return.bind(pieces) };
        },
      });
      synced('chunk', (performance.now() - ended) / 1000);
      return held;
    },
  };
}

/** Times each change of a session, from when it is asked for to when it is durable. */
export function measuredRecords(records: Records, synced: Synced): Records {
  async function timed<T>(work: Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work;
    synced('record', (performance.now() - started) / 1000);
    return result;
  }
  return {
    ...records,
    insert: (...session) => timed(records.insert(...session)),
    advance: (...step) => timed(records.advance(...step)),
  };
}
