import type { ClientRequest } from 'node:http';
import type { Outcome } from '../history.ts';
import { answerFrom } from './answer.ts';
import { now, pause } from './clock.ts';
import { type Connection, lostBy } from './connection.ts';
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

interface Conversation extends Pauses {
  readonly acts: readonly Act[];
  /** After so long without an answer it is lost. The client's own pauses do not count. */
  readonly timeoutMs: number;
  /** If the connection is this request's alone. */
  readonly connection?: Connection | undefined;
  /** Whether the answer is left unread. */
  readonly deaf: boolean;
}

/** Why a wait ends. Without a reason each signal would make an exception, with its stack, for nobody to see. */
const ended = 'ended';

/** Does what a client does once the head of a request is on its way, and reads the answer, as soon as there is one. */
export function converse(
  outgoing: ClientRequest,
  { acts, timeoutMs, connection, deaf, held, signal }: Conversation,
): Promise<{ readonly outcome: Outcome; readonly said: Said }> {
  let said: Said = { whole: false, handedOver: 0 };
  let done = false;
  // Ends the pauses of a request that has any.
  const over = new AbortController();
  const invited = new AbortController();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (outcome: Outcome): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      if (acts.some(({ kind }) => kind !== 'send')) over.abort(ended);
      // A body that was withheld and refused is never sent: the connection is of no more use.
      if (!outgoing.writableEnded || outcome.kind === 'lost') outgoing.destroy();
      resolve({ outcome, said });
    };
    const lose = (reason: string): void => finish({ kind: 'lost', reason });
    const awaitAnswer = (ms = timeoutMs): void => {
      clearTimeout(timer);
      if (!done) timer = setTimeout(() => lose(`no answer within ${ms} ms`), ms);
    };
    outgoing.on('error', (error) => finish(lostBy(error)));
    outgoing.on('continue', () => invited.abort(ended));
    outgoing.on('response', (response) => {
      if (deaf) lose('the answer was not read');
      else answerFrom(response, invited.signal.aborted).then(finish);
    });

    /** Resolves when the network has what was sent so far; the head goes first. */
    let written: Promise<unknown> = new Promise((resolve) => outgoing.once('socket', () => setImmediate(resolve)));
    let paused = false;
    const send = ({ bytes, ofBody, last }: Extract<Act, { kind: 'send' }>): void => {
      // Whatever is handed over may arrive, also if its answer, or an error, is faster than the word that it left.
      const released = last && paused ? { releasedAt: now() } : {};
      said = { whole: said.whole || last, handedOver: said.handedOver + ofBody, ...released };
      if (bytes.length > 0) written = new Promise((resolve) => outgoing.write(bytes, resolve));
    };
    const wait = async (until: Promise<void> | undefined): Promise<void> => {
      clearTimeout(timer);
      await until;
      awaitAnswer();
    };
    const perform = async (act: Exclude<Act, { kind: 'send' }>): Promise<void> => {
      switch (act.kind) {
        case 'invitation':
          return wait(pause(act.ms, over.signal, signal, invited.signal));
        case 'pause':
          paused = true;
          return wait(act.ms === undefined ? held?.(over.signal) : pause(act.ms, over.signal, signal));
        case 'half-close':
          connection?.socket.end();
          return awaitAnswer(act.ms);
        case 'fin':
          await new Promise<void>((resolve) => connection?.socket.end(resolve));
          return lose(`cut after ${said.handedOver} bytes`);
        case 'rst':
          connection?.reset();
          return lose(`cut after ${said.handedOver} bytes`);
      }
    };
    const performAll = async (): Promise<void> => {
      for (const act of acts) {
        if (done) return;
        if (act.kind === 'send') send(act);
        else {
          await written;
          if (!done) await perform(act);
        }
      }
      if (!done && !acts.some(({ kind }) => kind === 'half-close')) outgoing.end();
    };
    awaitAnswer();
    void performAll();
  });
}
