// What becomes of the description: each function is one file of generated/. Pure, so the same spec gives the same bytes.
import { type Description, operationsOf, type Profile, type RequirementRow } from './description.ts';

export const notice = 'generated from spec/, never edited: npm run generate';

interface BoundRequirement extends RequirementRow {
  readonly binds: string;
  readonly profile: Profile;
}

interface ProblemRow {
  readonly name: string;
  readonly status: number;
  readonly type: string;
  readonly title: string;
}

/** All requirements: the general ones first, then by operation, in the order of the description. */
export const requirementsOf = (description: Description): readonly BoundRequirement[] => {
  const bind =
    (binds: string) =>
    ({ id, level, text, source, profile, untestable }: RequirementRow): BoundRequirement => ({
      id,
      level,
      text,
      ...(source === undefined ? {} : { source }),
      binds,
      profile: profile ?? 'core',
      ...(untestable === undefined ? {} : { untestable }),
    });
  return [
    ...description['x-requirements'].map(bind('general')),
    ...operationsOf(description).flatMap(({ operation }) =>
      (operation['x-requirements'] ?? []).map(bind(operation.operationId)),
    ),
  ];
};

/** The problem table: a schema is a row of it if the `type` that it fixes has a fragment, which is the row's name. */
export const problemsOf = (description: Description): readonly ProblemRow[] =>
  Object.values(description.components.schemas)
    .flatMap(({ title, properties }) => {
      const type = properties?.type?.const;
      const status = properties?.status?.const;
      const name = type?.split('#')[1];
      if (type === undefined || name === undefined) return [];
      if (title === undefined || status === undefined) throw new Error(`problem ${name} needs a title and a status`);
      return [{ name, status, type, title }];
    })
    // The bundle has them in the order of use, which changes with any response.
    .sort((a, b) => a.status - b.status || (a.name < b.name ? -1 : 1));

const record = (entries: readonly (readonly [string, unknown])[]): string =>
  JSON.stringify(Object.fromEntries(entries), null, 2);

export const requirementsTs = (description: Description): string => `// ${notice}

/** A promise of the contract. The id is stable; the text is the whole promise. */
export interface Requirement {
  id: string;
  level: 'MUST' | 'SHOULD' | 'MAY';
  text: string;
  /** The RFC and section that it comes from, where one exists. */
  source?: string;
  /** The operation beside which it stands, or 'general'. */
  binds: string;
  profile: 'core' | 'download' | 'auth' | 'idempotency';
  /** Why no test over HTTP can observe it. */
  untestable?: string;
}

export const requirements = ${record(requirementsOf(description).map((row) => [row.id, row]))} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof requirements;

export const requirementIds = Object.keys(requirements) as RequirementId[];
`;

export const problemsTs = (description: Description): string => `// ${notice}

/** The problem table: every \`type\` that the contract names, its status and its title. */
export const problems = ${record(problemsOf(description).map(({ name, ...row }) => [name, row]))} as const;

export type ProblemName = keyof typeof problems;
`;

export const operationsTs = (description: Description): string => `// ${notice}

/** Every operation of the contract; paths are relative to the base URL. */
export const operations = ${record(
  operationsOf(description).map(({ path, method, operation }) => [
    operation.operationId,
    { method: method.toUpperCase(), path },
  ]),
)} as const;

export type OperationId = keyof typeof operations;
`;

export const requirementsMd = (description: Description): string => {
  const rows = requirementsOf(description);
  const titles = new Map(
    operationsOf(description).map(({ path, method, operation }) => [
      operation.operationId,
      `\`${operation.operationId}\`: ${method.toUpperCase()} \`${path}\``,
    ]),
  );
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const section = (binds: string): string => {
    const lines = rows
      .filter((row) => row.binds === binds)
      .map(
        ({ id, level, text, source, profile }) =>
          `| ${level} | \`${id}\` | ${cell(text)} | ${source ?? ''} | ${profile} |`,
      );
    return `## ${titles.get(binds) ?? 'Every operation'}\n\n| level | id | promise | source | profile |\n|---|---|---|---|---|\n${lines.join('\n')}\n`;
  };
  const sections = [...new Set(rows.map(({ binds }) => binds))].map(section);
  return `<!-- ${notice} -->\n\n# Requirements\n\n${rows.length} promises, by the operation that each binds. The words MUST, SHOULD and MAY are those of BCP 14. A requirement says what is answered to a request in which nothing else is wrong (\`http.problem\`).\n\n${sections.join('\n')}`;
};
