import { styleText } from 'node:util';
import type { Command } from 'commander';
import { type Requirement, requirements } from '../../generated/requirements.ts';
import { exitCodes } from '../report/exit-code.ts';
import { nearest } from './ids.ts';
import { type Io, UsageError } from './io.ts';
import type { Suite } from './suite.ts';

const listExamples = `
Examples:
  npx chunkproof list
  npx chunkproof list --json | jq '.requirements[] | select(.checkedBy == [])'
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
    .description('a requirement: sentence, level, source, and what checks it')
    .argument('<id>', 'such as chunk.atomic')
    .addHelpText('after', explainExamples)
    .action((id: string) => {
      const facts = factsOf(suite);
      const requirement = facts.requirements.find((one) => one.id === id.toLowerCase());
      if (requirement === undefined) {
        const ids = facts.requirements.map((one) => one.id);
        throw new UsageError(`there is no requirement ${id}; did you mean ${nearest(id, ids)}?`);
      }
      io.out(explanation(requirement, facts, io));
      done(exitCodes.conforms);
    });
}

type RequirementFacts = Requirement & { readonly checkedBy: readonly string[] };

interface Facts {
  readonly requirements: readonly RequirementFacts[];
  readonly properties: Suite['properties'];
}

function factsOf({ properties }: Suite): Facts {
  const all: readonly Requirement[] = Object.values(requirements);
  const checkedBy = (id: string) =>
    properties.filter((property) => property.requirements.some((one) => one === id)).map((property) => property.id);
  return {
    requirements: all.map((requirement) => ({ ...requirement, checkedBy: checkedBy(requirement.id) })),
    properties,
  };
}

function listing(facts: Facts, io: Io): string {
  const width = Math.max(
    ...facts.requirements.map(({ id }) => id.length),
    ...facts.properties.map(({ id }) => id.length),
  );
  const groups = Map.groupBy(facts.requirements, ({ id }) => id.replace(/\..*/, ''));
  const sections = [...groups].map(([name, members]) => {
    const lines = members.map(({ id, level, checkedBy, untestable }) => {
      const how = checkedBy.length > 0 ? checkedBy.join(', ') : untestable === undefined ? 'no property' : 'untestable';
      return `  ${id.padEnd(width)}  ${level.padEnd(6)}  ${how}\n`;
    });
    return `${bold(name, io)}\n${lines.join('')}`;
  });
  const properties = facts.properties.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}\n`);
  return `${sections.join('')}${bold('properties', io)}\n${properties.join('')}${coverage(facts)}\n`;
}

/** The coverage of the contract in one sentence, with its denominator. */
function coverage({ requirements: all, properties }: Facts): string {
  const checked = all.filter(({ checkedBy }) => checkedBy.length > 0).length;
  const excused = all.filter(({ checkedBy, untestable }) => checkedBy.length === 0 && untestable !== undefined).length;
  const open = all.length - checked - excused;
  return `${all.length} requirements: ${checked} checked by ${properties.length} properties, ${excused} untestable with a reason, ${open} open`;
}

function explanation(requirement: RequirementFacts, { properties }: Facts, io: Io): string {
  const { id, level, text, source, binds, profile, checkedBy, untestable } = requirement;
  const checks = properties.filter((property) => checkedBy.includes(property.id));
  return [
    `${bold(id, io)}  ${level}`,
    `  ${text}`,
    ...(source === undefined ? [] : [`  source   ${source}`]),
    `  binds    ${binds === 'general' ? 'every operation' : binds}`,
    `  profile  ${profile}`,
    ...(untestable === undefined ? [] : [`  untestable over HTTP: ${untestable}`]),
    ...checks.map((property) => `  checked by ${property.id}: ${property.title}`),
    ...(checks.length === 0 ? ['  no property checks it'] : []),
    '',
  ].join('\n');
}

function bold(text: string, io: Io): string {
  return io.color ? styleText('bold', text, { validateStream: false }) : text;
}
