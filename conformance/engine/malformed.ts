import { type OperationId, operations } from '../../generated/operations.ts';
import type { Exchange } from '../history.ts';
import { describe, escapeKey, follow, validator } from './description.ts';
import type { Prepared } from './requests.ts';

/** What the description says of an operation's requests. */
interface Described {
  readonly parameters: readonly { readonly pointer: string; readonly parameter: Parameter }[];
  /** Absent where no content is documented. */
  readonly body?: { readonly pointer: string; readonly documented: RequestBody };
}

interface Parameter {
  readonly name: string;
  readonly in: 'header' | 'path';
}

interface RequestBody {
  readonly required: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Fields that are made from what the target said: where they are wrong, the target may be. */
const ofTheTarget = ['Content-Range', 'If-Match', 'If-None-Match', 'If-Range'];

/**
 * Where a request differs from the OpenAPI description: its media type, its body, its fields, or a chunk's id that the
 * script spells out. Empty if nowhere. What the target chose, as ids and links, is not looked at: this is about the
 * suite.
 */
export function malformationsOf(
  { operation, headers, body }: Pick<Prepared, 'operation' | 'headers' | 'body'>,
  call: Exchange['call'],
): string[] {
  // A method that the resource lacks is in no description.
  if (call.kind === 'method') return [];
  const described = descriptionOf(operation);
  return [...parameterFaults(described, headers, call), ...contentFaults(described, headers, body)];
}

function parameterFaults({ parameters }: Described, headers: Prepared['headers'], call: Exchange['call']): string[] {
  return parameters.flatMap(({ pointer, parameter }) => {
    const value = parameter.in === 'header' ? field(headers, parameter.name) : spelledOut(parameter.name, call);
    if (value === undefined || ofTheTarget.includes(parameter.name)) return [];
    const validate = validator(`${pointer}/schema`);
    return validate(value) ? [] : [`${parameter.name} ${describe(validate)}`];
  });
}

/** A path segment that is the script's own word, before it is put into the URL. */
const spelledOut = (name: string, call: Exchange['call']): string | undefined =>
  name === 'chunkId' && call.kind === 'chunk' && typeof call.chunk === 'string' ? call.chunk : undefined;

function contentFaults({ body: described }: Described, headers: Prepared['headers'], body: Uint8Array): string[] {
  // Content that means nothing is ignored.
  if (described === undefined) return [];
  const { pointer, documented } = described;
  const type = field(headers, 'Content-Type');
  if (body.length === 0 && type === undefined) return documented.required ? ['the body is missing'] : [];
  const essence = type?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!(essence in documented.content)) return [`media type ${JSON.stringify(type ?? '')} is not documented`];
  if (essence !== 'application/json') return [];
  const json = parsed(body);
  if (json === undefined) return ['the body is not JSON'];
  const validate = validator(`${pointer}/content/${escapeKey(essence)}/schema`);
  return validate(json.value) ? [] : [`the body ${describe(validate)}`];
}

/** RFC 8259 8.1: UTF-8, without a byte order mark. */
function parsed(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)) };
  } catch {
    return undefined;
  }
}

const descriptions = new Map<OperationId, Described>();

function descriptionOf(operation: OperationId): Described {
  const described = descriptions.get(operation) ?? read(operation);
  descriptions.set(operation, described);
  return described;
}

function read(operation: OperationId): Described {
  const { method, path } = operations[operation];
  const own = ['paths', path, method.toLowerCase()];
  const parameters = [own, own.slice(0, -1)].flatMap((place) => {
    const list = follow([...place, 'parameters']).found as readonly unknown[] | undefined;
    return (list ?? []).map((_, index) => {
      const { pointer, found } = follow([...place, 'parameters', String(index)]);
      return { pointer, parameter: found as Parameter };
    });
  });
  const { pointer, found } = follow([...own, 'requestBody']);
  return { parameters, ...(found === undefined ? {} : { body: { pointer, documented: found as RequestBody } }) };
}

function field(headers: Prepared['headers'], name: string): string | undefined {
  return Object.entries(headers).find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1];
}
