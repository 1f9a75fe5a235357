import type { Plan } from './plan.ts';

/** Four surroundings that clients meet. Each is a plan as a file could hold it. */
export const presets = {
  'flaky-wifi': {
    description: 'Connections break at any place, answers are lost, and the line is slow now and then.',
    rules: [
      { fault: 'cut-request', operations: ['uploadChunk'], chance: 0.1 },
      { fault: 'cut-request', chance: 0.03 },
      { fault: 'lose-answer', chance: 0.07 },
      { fault: 'cut-answer', chance: 0.03 },
      { fault: 'delay', chance: 0.2, ms: [5, 80] },
    ],
  },
  overloaded: {
    description: 'The server sheds load by 503 and 429, answers late, drops every 40th answer, and completes by 202.',
    completeWithinSeconds: 0,
    rules: [
      { fault: 'refuse', status: 503, retryAfterSeconds: 1, chance: 0.04 },
      {
        fault: 'refuse',
        status: 429,
        retryAfterSeconds: 1,
        operations: ['initiateUpload', 'uploadChunk'],
        chance: 0.03,
      },
      { fault: 'lose-answer', every: 40 },
      { fault: 'delay', chance: 0.3, ms: [10, 150] },
    ],
  },
  mobile: {
    description: 'High latency, dead spots that break uploads, and sessions that expire within ten minutes.',
    maxTimeoutSeconds: 600,
    rules: [
      { fault: 'delay', chance: 1, ms: [10, 60] },
      { fault: 'cut-request', operations: ['uploadChunk'], chance: 0.15 },
      { fault: 'lose-answer', chance: 0.05 },
      { fault: 'piecemeal', chance: 0.1, ms: [20, 100] },
    ],
  },
  'hostile-proxy': {
    description: 'Something in between sends interim answers, strews and truncates answers, and keeps no connection.',
    rules: [
      { fault: 'close', every: 3 },
      { fault: 'interim', chance: 0.3 },
      { fault: 'piecemeal', chance: 0.3, ms: [5, 60] },
      { fault: 'cut-answer', chance: 0.06 },
      { fault: 'refuse', status: 503, retryAfterSeconds: 0, chance: 0.05 },
    ],
  },
} as const satisfies Readonly<Record<string, Plan>>;
