/** The process that `crash.test.ts` kills: `serve`, with nothing around it. */
import { serve } from './serve.ts';

process.exitCode = await serve({ port: '0', logLevel: 'silent', data: process.argv[2] }, process);
