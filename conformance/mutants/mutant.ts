import type { RequirementId } from '../../generated/requirements.ts';
import type { FaultClass } from './fault-classes.ts';
import type { HonestOptions } from './honest.ts';
import { parseObject } from './initiate.ts';
import type { Seams } from './seams.ts';
import type { Attachment, JsonObject, Operation, Reply, Request, Session, State } from './state.ts';

/** A broken server: the honest one but for its seams. The suite must blame it for one of `breaks`. */
export interface Mutant {
  readonly id: string;
  /** The promise it breaks; then others that a failure may be told by with equal right. */
  readonly breaks: readonly [RequirementId, ...RequirementId[]];
  /** The class of bugs in released servers that it stands for. */
  readonly faultClass?: FaultClass;
  readonly sentence: string;
  /** Made afresh for each server, so that what a mutant remembers is its own. */
  readonly seams: () => Partial<Seams>;
  /** How its server must be set up for the fault to show. */
  readonly options?: Omit<HonestOptions, 'seams'>;
}

/** Two principals, for what only shows between them. */
export const twoPrincipals = { tokens: ['first-token', 'second-token'] } as const;

type Where = Operation | readonly Operation[] | 'everywhere';

const covers = (where: Where, { operation }: Request): boolean =>
  where === 'everywhere' || (operation !== undefined && [where].flat().includes(operation));

/** Changes the replies of some operations. */
export const replies = (
  where: Where,
  change: (reply: Reply, request: Request, state: State) => Reply,
): (() => Partial<Seams>) => {
  return () => ({
    around: (request, next, state) => (covers(where, request) ? change(next(request), request, state) : next(request)),
  });
};

/** Changes the requests of some operations before they are read. */
export const requests = (where: Where, change: (request: Request, state: State) => Request): (() => Partial<Seams>) => {
  return () => ({
    around: (request, next, state) => next(covers(where, request) ? change(request, state) : request),
  });
};

/** A request or a reply with a field set, or without it. */
export function withField<Message extends Request | Reply>(message: Message, name: string, value?: string): Message {
  const { [name]: _, ...others } = message.headers;
  return { ...message, headers: value === undefined ? others : { ...others, [name]: value } };
}

/** Ignores a field of some requests. */
export const ignoring = (where: Where, field: string): (() => Partial<Seams>) =>
  requests(where, (request) => withField(request, field));

/** A reply with members of its JSON changed; one without JSON stays as it is. */
export const withMembers = (reply: Reply, members: (json: JsonObject) => JsonObject): Reply =>
  reply.json ? { ...reply, json: { ...reply.json, ...members(reply.json) } } : reply;

/** A request with members of its JSON changed; one that is no JSON object stays as it is. */
export function asking(request: Request, members: (json: JsonObject) => JsonObject): Request {
  const json = parseObject(request.body.bytes);
  if (!json) return request;
  const bytes = Buffer.from(JSON.stringify({ ...json, ...members(json) }));
  return { ...request, body: { ...request.body, bytes, length: bytes.length } };
}

export const sessionOf = (state: State, request: Request): Session | undefined => state.sessions.get(request.sessionId);

export const attachmentOf = (state: State, request: Request): Attachment | undefined =>
  state.attachments.get(request.attachmentId);

/** Whether a reply is the problem of this name. */
export const isProblem = (reply: Reply, name: string): boolean => String(reply.json?.['type']).endsWith(`#${name}`);

export const succeeded = (reply: Reply): boolean => reply.status < 300;
