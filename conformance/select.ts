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
  /** What verdicts are asked for. */
  readonly requirements: ReadonlySet<RequirementId>;
  /** Properties that were asked for by name: whatever their scripts show broken is told. */
  readonly named: ReadonlySet<string>;
  /** Requirements that are not to be told of, whatever shows them broken. */
  readonly skipped: ReadonlySet<RequirementId>;
}

/** Whether what a property's script shows broken is to be pursued. What comes of it is told, unless it is to be skipped. */
export const isAsked = (
  { requirements, named, skipped }: Selection,
  property: Property,
  requirement: RequirementId,
): boolean => requirements.has(requirement) || (named.has(property.id) && !skipped.has(requirement));

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
  const skipped = new Set(requirementIds.filter((id) => named(id, skip)));
  for (const id of skipped) wanted.delete(id);
  const asked = (property: Property) =>
    only.length === 0 || named(property.id, only) || property.requirements.some((id) => named(id, only));
  const properties = all.filter(
    (property) => asked(property) && !named(property.id, skip) && property.requirements.some((id) => wanted.has(id)),
  );
  const byName = properties.filter(({ id }) => named(id, only)).map(({ id }) => id);
  return { properties, requirements: wanted, named: new Set(byName), skipped };
}
