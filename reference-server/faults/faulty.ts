/** A request listener in front of the server's: what it does to requests and answers is what networks do. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { type Answer, refusal } from '../http/answer.ts';
import { hasBody, leaveBody } from '../http/body.ts';
import { router } from '../http/route.ts';
import { type Drawn, diceFor } from './dice.ts';
import type { Plan } from './plan.ts';

/** Puts a plan's faults in front of `listener`. What is no operation below `prefix` is left alone. */
export function faulty(listener: RequestListener, plan: Plan, seed: number, prefix: string): RequestListener {
  const route = router(prefix);
  const dice = diceFor(plan, seed);
  return async (request, response) => {
    const routed = route(request.method ?? '', request.url ?? '');
    const faults = routed.is === 'operation' ? dice(routed.operation, routed.variables) : [];
    for (const fault of faults) if (fault.fault === 'delay') await after(within(fault.ms, fault.draw));
    if (request.socket.destroyed) return;
    for (const fault of faults) if (!apply(fault, request, response)) return;
    listener(request, response);
  };
}

/** Does what a fault is; false if the server is not to see the request. */
function apply(fault: Drawn, request: IncomingMessage, response: ServerResponse): boolean {
  switch (fault.fault) {
    case 'refuse': {
      const { status, retryAfterSeconds = 1 } = fault;
      const refused = status === 503 ? 'unavailable' : 'too-many-requests';
      answer(request, response, refusal({ refused }), retryAfterSeconds);
      return false;
    }
    case 'cut-request':
      if (!hasBody(request)) request.socket.destroy();
      else cutRequest(request, fault.draw);
      return hasBody(request);
    case 'lose-answer':
      cutAnswer(response, 0);
      return true;
    case 'cut-answer':
      cutAnswer(response, fault.draw);
      return true;
    case 'piecemeal':
      strew(response, within(fault.ms, fault.draw));
      return true;
    case 'interim':
      // While another answer has the connection, Node would put it between this one's head and content.
      if (request.httpVersion !== '1.0' && response.socket !== null) response.writeProcessing();
      return true;
    case 'close':
      response.setHeader('connection', 'close');
      return true;
    case 'delay':
      return true;
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, fields, body }: Answer,
  wait: number,
): void {
  leaveBody(request, response);
  const bytes = Buffer.from(String(body));
  response.writeHead(status, { ...fields, 'retry-after': String(wait), 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Resets the connection once the body has been read up to a part of it, which is never all. */
function cutRequest(request: IncomingMessage, part: number): void {
  const read = request.read.bind(request);
  let left = Math.floor(part * Number(request.headers['content-length'] ?? 65_536));
  let cut = false;
  request.read = (size?: number): Buffer | null => {
    if (cut) return null;
    const piece = read(size) as Buffer | null;
    if (piece === null || piece.length <= left) {
      left -= piece?.length ?? 0;
      return piece;
    }
    cut = true;
    request.destroy(); // the rest may be here already: it must not seem to have ended
    return left === 0 ? null : piece.subarray(0, left);
  };
}

/** Resets the connection when a part of the answer's first bytes of content is gone; part 0 is the head, too. */
function cutAnswer(response: ServerResponse, part: number): void {
  const { socket } = response;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  const write = response.write.bind(response);
  let cut = false;
  const cutIn = (content: unknown) => {
    if (cut) return;
    cut = true;
    if (Buffer.isBuffer(content) && part > 0) write(content.subarray(0, Math.floor(part * content.length)));
    socket?.destroySoon();
  };
  Object.assign(response, {
    writeHead: (...args: unknown[]) => {
      if (part === 0) socket?.destroy();
      return writeHead(...args);
    },
    write: (content: unknown) => {
      cutIn(content);
      return true;
    },
    end: (content: unknown) => {
      cutIn(content);
      return response;
    },
  });
}

/** Sends an answer's content in some pieces over so many milliseconds. Content that is a stream goes as it comes. */
function strew(response: ServerResponse, ms: number): void {
  const pieces = 5;
  const write = response.write.bind(response);
  const end = response.end.bind(response) as (content?: unknown) => ServerResponse;
  const sendIn = async (content: Buffer) => {
    const length = Math.ceil(content.length / pieces);
    let at = 0;
    for (; at + length < content.length; at += length) {
      write(content.subarray(at, at + length));
      await after(ms / pieces);
    }
    end(content.subarray(at)); // at once: the client that has all of it sends the next request
  };
  response.end = (content?: unknown) => {
    if (!Buffer.isBuffer(content) || content.length < pieces) return end(content);
    void sendIn(content);
    return response;
  };
}

function within([least, most]: readonly [number, number], draw: number): number {
  return least + draw * (most - least);
}
