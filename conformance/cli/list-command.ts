import { styleText } from 'node:util';
import type { Command } from 'commander';
import { type Requirement, type RequirementId, requirementIds, requirements } from '../../generated/requirements.ts';
import { excused } from '../excused.ts';
import { nearest } from '../nearest.ts';
import { exitCodes } from '../report/exit-code.ts';
import { type Io, UsageError } from './io.ts';
import type { MutantFacts, Suite } from './suite.ts';

const listExamples = `
Examples:
  npx chunkproof list
  npx chunkproof list --json | jq '.requirements[] | select(.excused)'
`;

const explainExamples = `
Examples:
  npx chunkproof explain chunk.atomic
  npx chunkproof explain complete.exactly-once
`;

/** Adds `chunkproof list` and `chunkproof explain <id>`. */
export function addListCommands(program: Command, io: Io, suite: Suite, done: (code: number) => void): void {
  program
    .command('list')
    .description('requirements and properties, and what checks what')
    .option('--json', 'as JSON')
    .addHelpText('after', listExamples)
    .action((flags: { readonly json?: boolean }) => {
      const facts = factsOf(suite);
      io.out(flags.json === true ? `${JSON.stringify(facts, undefined, 2)}\n` : listing(facts, io));
      done(exitCodes.conforms);
    });
  program
    .command('explain')
    .description('a requirement: sentence, level, source, what checks it, and which mutants break it')
    .argument('<id>', 'such as chunk.atomic')
    .addHelpText('after', explainExamples)
    .action(async (id: string) => {
      const facts = factsOf(suite);
      const requirement = facts.requirements.find((one) => one.id === id.toLowerCase());
      if (requirement === undefined) {
        const ids = facts.requirements.map((one) => one.id);
        throw new UsageError(`there is no requirement ${id}; did you mean ${nearest(id, ids)}?`);
      }
      io.out(explanation(requirement, facts, await suite.mutants(), io));
      done(exitCodes.conforms);
    });
}

/** A requirement with the properties that check it, and why a run may leave it unseen. */
type RequirementFacts = Requirement & { readonly checkedBy: readonly string[]; readonly excused?: string };

interface Facts {
  readonly requirements: readonly RequirementFacts[];
  readonly properties: Suite['properties'];
}

function factsOf({ properties }: Suite): Facts {
  const all = requirementIds.map((id): RequirementFacts => {
    const requirement: Requirement = requirements[id];
    const checkedBy = properties
      .filter((property) => property.requirements.includes(id))
      .map((property) => property.id);
    const why = excused[id] ?? (checkedBy.length === 0 ? requirement.untestable : undefined);
    return { ...requirement, checkedBy, ...(why === undefined ? {} : { excused: why }) };
  });
  return { requirements: all, properties };
}

function listing(facts: Facts, io: Io): string {
  const width = Math.max(
    ...facts.requirements.map(({ id }) => id.length),
    ...facts.properties.map(({ id }) => id.length),
  );
  const groups = Map.groupBy(facts.requirements, ({ id }) => id.replace(/\..*/, ''));
  const sections = [...groups].map(([name, members]) => {
    const lines = members.map(({ id, level, checkedBy, excused: why }) => {
      const how = checkedBy.join(', ') || (why === undefined ? 'no property' : '');
      const line = `  ${id.padEnd(width)}  ${level.padEnd(6)}  ${how}`.trimEnd();
      return `${line}\n${why === undefined ? '' : `  ${''.padEnd(width)}  excused ${why}\n`}`;
    });
    return `${bold(name, io)}\n${lines.join('')}`;
  });
  const properties = facts.properties.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}\n`);
  return `${sections.join('')}${bold('properties', io)}\n${properties.join('')}${coverage(facts)}\n`;
}

/** The coverage of the contract in one sentence, with its denominator. */
function coverage({ requirements: all, properties }: Facts): string {
  const count = (test: (one: RequirementFacts) => boolean) => all.filter(test).length;
  const checked = count(({ checkedBy }) => checkedBy.length > 0);
  const spared = count(({ excused: why }) => why !== undefined);
  const open = count(({ checkedBy, excused: why }) => checkedBy.length === 0 && why === undefined);
  const sum = `${checked} checked by ${properties.length} properties, ${spared} excused with a reason`;
  return `${all.length} requirements: ${sum}, ${open} open`;
}

function explanation(
  requirement: RequirementFacts,
  { properties }: Facts,
  mutants: readonly MutantFacts[],
  io: Io,
): string {
  const { id, level, text, source, binds, profile, checkedBy, excused: why } = requirement;
  const checks = properties.filter((property) => checkedBy.includes(property.id));
  const killed = mutants.filter(({ breaks }) => breaks.includes(id as RequirementId));
  const named = (title: string, members: readonly (readonly [string, string])[]) =>
    members.length === 0 ? [] : [`  ${title}`, ...members.map(([name, words]) => `    ${name}: ${words}`)];
  return [
    `${bold(id, io)}  ${level}`,
    `  ${text}`,
    ...(source === undefined ? [] : [`  source   ${source}`]),
    `  binds    ${binds === 'general' ? 'every operation' : binds}`,
    `  profile  ${profile}`,
    ...(why === undefined ? [] : [`  excused  ${why}`]),
    ...named(
      'checked by',
      checks.map((property) => [property.id, property.title]),
    ),
    ...(checks.length === 0 && why === undefined ? ['  no property checks it: an omission'] : []),
    ...named(
      'broken by these servers, which the suite finds',
      killed.map((mutant) => [mutant.id, mutant.sentence]),
    ),
    '',
  ].join('\n');
}

function bold(text: string, io: Io): string {
  return io.color ? styleText('bold', text, { validateStream: false }) : text;
}
