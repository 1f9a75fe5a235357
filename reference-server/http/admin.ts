/**
 * What an operator asks: is it alive, may traffic come, how is it doing. Outside of the contract's paths, so it can
 * stand beside them on one listener, or on a port of its own that the world does not see. It tells numbers and states,
 * never a principal, an id or a name.
 */
import { createServer, type Server } from 'node:http';
import { type Answer, json } from './answer.ts';

/** Whether requests can be served, or why not. */
export type Readiness = 'ready' | 'recovering' | 'stopping' | 'storage-fails';

export type Operator = Readonly<{
  readiness(): Promise<Readiness>;
  /** The metrics as text, and its media type. */
  metrics(): Promise<Readonly<{ contentType: string; text: string }>>;
}>;

type Page = (operator: Operator) => Promise<Answer>;

const pages: Readonly<Record<string, Page>> = {
  /** Alive: the process answers. Whoever restarts it on anything else makes a bad day worse. */
  '/healthz': async () => json(200, { status: 'alive' }),
  '/readyz': async (operator) => {
    const status = await operator.readiness();
    return json(status === 'ready' ? 200 : 503, { status });
  },
  '/metrics': async (operator) => {
    const { contentType, text } = await operator.metrics();
    return { status: 200, fields: { 'content-type': contentType, 'cache-control': 'no-store' }, body: text };
  },
};

/** The answer to a request for one of the operator's pages; null for every other. */
export async function adminAnswer(operator: Operator, method: string, target: string): Promise<Answer | null> {
  const page = pages[target.replace(/\?.*$/s, '')];
  if (page === undefined) return null;
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, fields: { allow: 'GET, HEAD' }, body: null };
  return page(operator);
}

/** The operator's pages on a listener of their own, not yet listening. */
export function createAdminServer(operator: Operator): Server {
  return createServer(async ({ method = 'GET', url = '' }, response) => {
    const answer = adminAnswer(operator, method, url).catch(() => failed); // never the end of the process
    const { status, fields, body } = (await answer) ?? notFound;
    response.writeHead(status, fields);
    response.end(method === 'HEAD' ? undefined : body);
  });
}

const notFound: Answer = { status: 404, fields: {}, body: null };
const failed: Answer = { status: 500, fields: {}, body: null };
