/** The process that `crash.test.ts` kills: `serve`, with nothing around it. It is loaded ahead, and begins when told where. */
import { once } from 'node:events';
import { serve } from './serve.ts';

const [data] = (await once(process, 'message')) as [string];
process.disconnect();
process.exitCode = await serve({ port: '0', logLevel: 'silent', data }, process);
