/** Preloaded by `bench-run.ts` into each process that it measures: tells at its end how much memory it ever had. */
import { appendFileSync } from 'node:fs';

const file = process.env['CHUNKPROOF_PEAKS'];
if (file !== undefined)
  process.on('exit', () => {
    const command = process.argv[2] ?? '';
    appendFileSync(file, `${JSON.stringify({ command, peakKiB: process.resourceUsage().maxRSS })}\n`);
  });
