/**
 * From a request line to an operation. The router is this small one, over the generated table, because the
 * contract's rules are exact: a segment is percent-decoded once and then compared exactly, a trailing slash
 * is another path, and what a resource can do comes from the description and not from a second list.
 */
import { type OperationId, operations } from '../../generated/operations.ts';

export type Route =
  | Readonly<{ is: 'operation'; operation: OperationId; variables: Readonly<Record<string, string>> }>
  | Readonly<{ is: 'other-method'; allow: string }>
  | Readonly<{ is: 'unknown' }>
  | Readonly<{ is: 'malformed' }>;

type Resource = Readonly<{ template: readonly string[]; methods: ReadonlyMap<string, OperationId> }>;

/** Makes the router for the contract's resources below `prefix` ('' or '/a/b'). */
export function router(prefix: string): (method: string, target: string) => Route {
  const resources = resourcesBelow(prefix);
  return (method, target) => {
    const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
    const segments = decode(path);
    if (segments === null) return { is: 'malformed' };
    for (const { template, methods } of resources) {
      const variables = match(template, segments);
      if (variables === null) continue;
      const operation = methods.get(method);
      if (operation !== undefined) return { is: 'operation', operation, variables };
      return { is: 'other-method', allow: [...methods.keys(), 'OPTIONS'].join(', ') };
    }
    return { is: 'unknown' };
  };
}

function resourcesBelow(prefix: string): Resource[] {
  const byPath = new Map<string, Map<string, OperationId>>();
  for (const operation of Object.keys(operations) as OperationId[]) {
    const { method, path } = operations[operation];
    byPath.set(path, (byPath.get(path) ?? new Map<string, OperationId>()).set(method, operation));
  }
  return [...byPath].map(([path, methods]) => ({ template: `${prefix}${path}`.split('/'), methods }));
}

function decode(path: string): string[] | null {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}

function match(template: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (template.length !== segments.length) return null;
  const variables: Record<string, string> = {};
  for (const [i, part] of template.entries()) {
    const segment = segments[i] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== segment) return null;
    if (name !== undefined && segment === '') return null;
    if (name !== undefined) variables[name] = segment;
  }
  return variables;
}
