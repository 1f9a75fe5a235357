/**
 * `npm run bench:linearize`: how long the search for an order takes over 400 operations of 8 clients on one session, for
 * a few crowds, of which some lose every tenth answer. Exits with 1 if one of them takes two seconds or is not explained: the acceptance of issue 3.
 */
import { claims, crowded } from '../conformance/model/crowd.ts';
import { explain } from '../conformance/model/linearize.ts';

const allowedMs = 2000;
const seeds = Array.from({ length: 10 }, (_, index) => index + 1);

for (const lostPercent of [0, 10])
  for (const chunks of [8, 16, 32, 64, 128]) {
    const times = seeds.map((seed) => {
      const story = crowded({ clients: 8, operations: 400, chunks, seed, lostPercent });
      const started = performance.now();
      const { kind } = explain(story, claims);
      const ms = performance.now() - started;
      if (kind !== 'explained' || ms >= allowedMs) process.exitCode = 1;
      return ms;
    });
    const [median, worst] = [times.toSorted((a, b) => a - b)[times.length >> 1], Math.max(...times)];
    process.stdout.write(
      `400 operations of 8 clients, ${chunks} chunks, ${lostPercent} % of the answers lost: ${median?.toFixed(0)} ms in the middle of ${times.length}, ${worst.toFixed(0)} ms at worst\n`,
    );
  }
