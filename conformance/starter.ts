import { variableOf } from './config.ts';
import { defaults } from './options.ts';

/** What is known of a project that is to be judged from now on. */
export interface Project {
  /** Base URL at which its server answers. */
  readonly url: string;
  /** Whether that is this machine, and CI has to start the server. */
  readonly loopback: boolean;
  readonly ci: 'github' | 'gitlab';
  /** The shell commands that start the server in the background; undefined if nothing in the project says how. */
  readonly start?: readonly string[];
  /** The package that CI runs, as npm names it: `chunkproof@0.1.0`. */
  readonly package: string;
}

/** A file to begin with. */
export interface StarterFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
}

/** The files that a project needs to be judged, by whoever works on it and by its CI. */
export function starterFiles(project: Project): readonly StarterFile[] {
  const gate =
    project.ci === 'github'
      ? { path: '.github/workflows/chunkproof.yml', text: githubWorkflow(project) }
      : { path: 'chunkproof.gitlab-ci.yml', text: gitlabJob(project) };
  return [
    { path: 'chunkproof.config.json', text: config(project), purpose: 'what every run is told' },
    { path: baselineName, text: baseline, purpose: 'failures that are known and allowed for now' },
    { ...gate, purpose: 'the gate in CI' },
  ];
}

const baselineName = 'chunkproof-baseline.json';

const config = ({ loopback }: Project): string => `{
  // What \`npx chunkproof run\` is told, and replay and doctor as far as they know it. Each setting is a flag of run
  // (npx chunkproof run --help); what is typed goes before it, and so does the environment: ${variableOf('maxTime')}=30.
  // Credentials do not belong here, but into ${variableOf('header')} and ${variableOf('secondHeader')}.

  "baseline": "${baselineName}",

  // For compare, for people, for CI servers, for a step summary.
  "report": ["json", "html", "junit", "md"],

  // How much must be proved: "should" fails on warnings, too, and "inconclusive" on every doubt.
  "failOn": "must",

  // Seconds after which nothing more is made up. More time shows more.
  "maxTime": ${defaults.maxTimeSeconds},
${
  loopback
    ? ''
    : `
  // The server is on another machine. It gets faults, races and bad input: say so if you may send it these.
  // "allowRemote": true,
`
}
  // How long to wait for a session to expire, in seconds: no less than the server's minTimeoutSeconds.
  // "waitExpiry": ${defaults.waitExpirySeconds},

  // Kills the server and starts it again: shows whether what was acknowledged survives.
  // "restartCommand": "docker compose restart --timeout 0 server",

  // Prints the bytes that the storage holds: shows whether what was given up is given back.
  // "storageCommand": "du -sb /srv/uploads | cut -f 1",
}
`;

const baseline = `{
  // A failure that has to wait, so that a new one shows:
  // { "requirement": "chunk.atomic", "reason": "the disk driver is being replaced", "issue": "#7", "expires": "2027-01-31" }
  "known": []
}
`;

const judging = 'npx --yes --package "$CHUNKPROOF_PACKAGE" chunkproof run -- "$CHUNKPROOF_TARGET"';

/** Until the server answers, or a minute is over; the run then says what is wrong. */
const waiting = `for _ in $(seq 30); do
  npx --yes --package "$CHUNKPROOF_PACKAGE" chunkproof doctor -- "$CHUNKPROOF_TARGET" > /dev/null 2>&1 && break
  sleep 1
done`;

/** A gate that does not know how to start the server is red, and says so: it must not be green by checking nothing. */
const startCommands = ({ start }: Project): readonly string[] =>
  start ?? [
    '# Nothing here says how the server is started. In the background, so that it answers at $CHUNKPROOF_TARGET:',
    'echo "write into this file how the server is started" && exit 1',
  ];

function githubWorkflow(project: Project): string {
  const steps = project.loopback
    ? `      - name: Start the server
        run: |
${indented(startCommands(project).join('\n'), 10)}
      - name: Wait for the server
        run: |
${indented(waiting, 10)}
`
    : '';
  return `name: chunkproof
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  contract:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    env:
      CHUNKPROOF_TARGET: ${JSON.stringify(project.url)}
      CHUNKPROOF_PACKAGE: ${project.package}
      # Secrets of the repository, if the server asks for credentials: 'Authorization: Bearer …', of two principals.
      CHUNKPROOF_HEADER: \${{ secrets.CHUNKPROOF_HEADER }}
      CHUNKPROOF_SECOND_HEADER: \${{ secrets.CHUNKPROOF_SECOND_HEADER }}
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: '24'
${steps}      - name: Judge the server
        run: ${judging}
      - name: Show the summary
        if: always()
        run: if [ -f chunkproof-report/summary.md ]; then cat chunkproof-report/summary.md >> "$GITHUB_STEP_SUMMARY"; fi
      - uses: actions/upload-artifact@v5
        if: always()
        with:
          name: chunkproof-report
          path: chunkproof-report
          if-no-files-found: ignore
`;
}

function gitlabJob(project: Project): string {
  const before = project.loopback ? [...startCommands(project), waiting] : [];
  return `# In .gitlab-ci.yml: include: [{ local: chunkproof.gitlab-ci.yml }]
# Credentials, if the server asks for them, come as masked variables of the project: CHUNKPROOF_HEADER, CHUNKPROOF_SECOND_HEADER.
chunkproof:
  image: node:24-slim
  variables:
    CHUNKPROOF_TARGET: ${JSON.stringify(project.url)}
    CHUNKPROOF_PACKAGE: ${project.package}
  script:
${[...before, judging].map((command) => `    - |\n${indented(command, 6)}\n`).join('')}  artifacts:
    when: always
    paths: [chunkproof-report]
    reports:
      junit: chunkproof-report/junit.xml
`;
}

const indented = (text: string, by: number): string => text.replaceAll(/^/gm, ' '.repeat(by));
