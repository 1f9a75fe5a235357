/** What stands behind the language of a fenced code block: GitHub shows none of it, so guides stay plain Markdown. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  /** The file that the block is, or changes. */
  readonly file?: string;
  /** Of a command: `in background` keeps it running, `exits 1` is the code that it ends with. */
  readonly background: boolean;
  readonly exits: number;
  /** Each line is a command of its own; one that serves is ended once it listens. */
  readonly lineByLine: boolean;
  /** Why no test executes it. */
  readonly notRun?: string;
}

const fences = /^```(\S+)(?: +([^\n]*))?\n([\s\S]*?)^```$/gm;

/** Every fenced block of a Markdown text that names its language, in order. */
export const fencesOf = (markdown: string): readonly Fence[] =>
  [...markdown.matchAll(fences)].map(([, language = '', info = '', text = '']) => fenceOf(language, info, text));

/**
 * A block by its info string: the language, then the name of a file, `in background`, `line by line`, `exits 3`, or
 * `not run: the reason`.
 *
 * @example fenceOf('sh', 'exits 1', 'npx chunkproof run http://127.0.0.1:8080\n')
 */
export function fenceOf(language: string, info: string, text: string): Fence {
  const notRun = /^not run: (.+)$/.exec(info)?.[1];
  const exits = /^exits (\d+)$/.exec(info)?.[1];
  const background = info === 'in background';
  const lineByLine = info === 'line by line';
  const isFile = info !== '' && notRun === undefined && exits === undefined && !background && !lineByLine;
  return {
    language,
    text,
    ...(isFile ? { file: info } : {}),
    background,
    exits: Number(exits ?? 0),
    lineByLine,
    ...(notRun === undefined ? {} : { notRun }),
  };
}
