import type { Lost, Outcome } from '../history.ts';
import { type IncomingAnswer, incoming } from './answer.ts';
import { now, pause } from './clock.ts';
import type { Connection } from './connection.ts';
import { type Reading, readResponse } from './response.ts';
import type { Act } from './sending.ts';

/** When a client goes on that has paused. */
export interface Pauses {
  /** Called when the first part of a body that is held back was sent; resolves when the rest may go. */
  readonly held?: ((over: AbortSignal) => Promise<void>) | undefined;
  /** Ends every pause at once: what was still to be sent is sent. */
  readonly signal?: AbortSignal | undefined;
}

/** What of a request left the client. */
export interface Said {
  /** Whether the last byte of the request may have reached the server. */
  readonly whole: boolean;
  /** The bytes of the body that were handed to the network. */
  readonly handedOver: number;
  /** When the last byte of the request was sent, if that was after a pause. */
  readonly releasedAt?: number;
}

/** What a client says, and how long it listens. */
export interface Words extends Pauses {
  readonly method: string;
  /** The request up to its body. */
  readonly head: Buffer;
  readonly acts: readonly Act[];
  /** After so long without an answer it is lost. The client's own pauses do not count. In ms. */
  readonly timeoutMs: number;
  /** Whether the answer is left unread. */
  readonly deaf: boolean;
}

export interface Conversation {
  readonly outcome: Outcome;
  readonly said: Said;
  /** Whether another request may follow on the connection. */
  readonly reusable: boolean;
}

/** Why a wait ends. Without a reason each signal would make an exception, with its stack, for nobody to see. */
const ended = 'ended';

/** What ends the pauses of a request that has any: that it is over, and that the server asks for its body (100). */
const waits = () => ({ over: new AbortController(), invited: new AbortController() });

/** Says a request on a connection that stands, and reads the answer, as soon as there is one. */
export function converse(connection: Connection, words: Words): Promise<Conversation> {
  const { method, head, acts, timeoutMs, deaf, held, signal } = words;
  const { socket } = connection;
  const waiting = acts.every(({ kind }) => kind === 'send') ? undefined : waits();
  let said: Said = { whole: false, handedOver: 0 };
  let allSaid = false;
  let done = false;
  let continued = false;
  let answer: IncomingAnswer | undefined;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (outcome: Outcome): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      waiting?.over.abort(ended);
      connection.listen(undefined);
      // A body that was withheld and refused is never sent: the connection is of no more use.
      const reusable = outcome.kind === 'answered' && allSaid && socket.writableLength === 0 && reader.reusable();
      resolve({ outcome, said, reusable });
    };
    const lose = (reason: string): void => finish({ kind: 'lost', reason });
    const awaitAnswer = (ms = timeoutMs): void => {
      clearTimeout(timer);
      if (!done) timer = setTimeout(() => lose(`no answer within ${ms} ms`), ms);
    };
    const reader = readResponse(method, {
      interim(status) {
        if (status !== 100) return;
        continued = true;
        waiting?.invited.abort(ended);
      },
      head(status, headers) {
        answer = incoming({ status, headers, continued });
      },
      body: (piece) => answer?.body(piece),
    });
    const read = (reading: Reading): void => {
      if (reading === 'whole' && answer) finish(answer.whole());
      else if (reading === 'broke off') lose('the answer broke off');
      else if (typeof reading === 'object') lose(`no answer of HTTP/1.1: ${reading.malformed}`);
    };
    connection.listen({
      data: (piece) => (deaf ? lose('the answer was not read') : read(reader.take(piece))),
      end: () => read(reader.end()),
      closed(error) {
        if (error) finish(lostBy(error));
        else read(reader.end());
      },
    });

    /** Resolves when the network has what was sent so far. */
    let written: Promise<unknown> = Promise.resolve();
    const write = (bytes: Uint8Array): void => {
      if (waiting === undefined) socket.write(bytes);
      else written = new Promise((resolve) => socket.write(bytes, resolve));
    };
    let paused = false;
    const send = ({ bytes, ofBody, last }: Extract<Act, { kind: 'send' }>): void => {
      // Whatever is handed over may arrive, also if its answer, or an error, is faster than the word that it left.
      const whole = said.whole || last;
      const handedOver = said.handedOver + ofBody;
      said = last && paused ? { whole, handedOver, releasedAt: now() } : { whole, handedOver };
      if (bytes.length > 0) write(bytes);
    };
    const wait = async (until: Promise<void> | undefined): Promise<void> => {
      clearTimeout(timer);
      await until;
      awaitAnswer();
    };
    const perform = async (act: Exclude<Act, { kind: 'send' }>): Promise<void> => {
      const over = waiting?.over.signal ?? AbortSignal.abort();
      switch (act.kind) {
        case 'invitation':
          return wait(pause(act.ms, over, signal, waiting?.invited.signal));
        case 'pause':
          paused = true;
          return wait(act.ms === undefined ? held?.(over) : pause(act.ms, over, signal));
        case 'half-close':
          socket.end();
          return awaitAnswer(act.ms);
        case 'fin':
          await new Promise<void>((resolve) => socket.end(resolve));
          return lose(`cut after ${said.handedOver} bytes`);
        case 'rst':
          connection.reset();
          return lose(`cut after ${said.handedOver} bytes`);
      }
    };
    const performAll = async (): Promise<void> => {
      // The head and what follows at once leave together.
      socket.cork();
      process.nextTick(() => socket.uncork());
      write(head);
      for (const act of acts) {
        if (done) return;
        if (act.kind === 'send') send(act);
        else {
          await written;
          if (!done) await perform(act);
        }
      }
      allSaid = !done;
    };
    awaitAnswer();
    void performAll();
  });
}

/** An error before an answer. */
const lostBy = (error: NodeJS.ErrnoException): Lost => ({ kind: 'lost', reason: error.code ?? error.message });
