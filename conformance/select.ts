import { type RequirementId, requirementIds } from '../generated/requirements.ts';
import type { RunOptions } from './options.ts';
import type { Property } from './properties/property.ts';

/** Whether an id matches a glob: `*` is any text, `?` one character. */
export function matchesGlob(id: string, glob: string): boolean {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(id);
}

/** What `--only` and `--skip` leave to do: globs name requirements, or properties with all that they put to the test. */
export interface Selection {
  readonly properties: readonly Property[];
  readonly requirements: ReadonlySet<RequirementId>;
}

export function select(all: readonly Property[], { only, skip }: Pick<RunOptions, 'only' | 'skip'>): Selection {
  const named = (id: string, globs: readonly string[]) => globs.some((glob) => matchesGlob(id, glob));
  const wanted = new Set(
    only.length === 0
      ? requirementIds
      : [
          ...requirementIds.filter((id) => named(id, only)),
          ...all.filter(({ id }) => named(id, only)).flatMap(({ requirements }) => requirements),
        ],
  );
  for (const id of requirementIds) if (named(id, skip)) wanted.delete(id);
  const asked = (property: Property) =>
    only.length === 0 || named(property.id, only) || property.requirements.some((id) => named(id, only));
  const properties = all.filter(
    (property) => asked(property) && !named(property.id, skip) && property.requirements.some((id) => wanted.has(id)),
  );
  return { properties, requirements: wanted };
}
