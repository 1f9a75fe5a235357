import type { Progress, RunOptions } from '../options.ts';
import type { Results } from '../report/results.ts';
import { run } from '../run.ts';
import { type HonestOptions, startHonest } from './honest.ts';
import { type Line, openLine } from './lawful/line.ts';

/** Runs the suite, by default with a third of the scripts that a run has and with the seed 1, against a server of these options. */
export async function runAgainst(
  server: HonestOptions & { readonly line?: Line },
  options: Partial<RunOptions> = {},
  progress?: (event: Progress) => void,
): Promise<Results> {
  const { url, restart, storage, close } = await startHonest(server);
  const line = server.line && (await openLine(Number(new URL(url).port), server.line));
  try {
    const [first, second] = (server.tokens ?? []).map((token) => ({ authorization: `Bearer ${token}` }));
    const asked: RunOptions = {
      target: line ? url.replace(/:\d+/, `:${line.port}`) : url,
      seed: 1,
      runs: 25,
      maxTimeSeconds: 120,
      maxBytes: 2 ** 30,
      waitExpirySeconds: 5,
      only: [],
      skip: [],
      headers: first ?? {},
      ...(second && { secondHeaders: second }),
      workers: 4,
      tls: { insecure: false },
      hooks: { restart, storage },
      ...options,
    };
    const results = await run(asked, progress);
    if ('kind' in results) throw new Error(`${results.code}: ${results.message}`);
    return results;
  } finally {
    await line?.close();
    await close();
  }
}
