/** A thread that judges mutants: it is told the id of one, and answers what the suite says of it. */
import { parentPort } from 'node:worker_threads';
import { mutants } from './mutants.ts';
import { verdictOn } from './trial.ts';

parentPort?.on('message', async (id: string) => {
  const mutant = mutants.find((one) => one.id === id);
  const verdict = mutant ? await verdictOn(mutant).catch((error) => `an exception: ${error}`) : 'no such mutant';
  parentPort?.postMessage({ id, verdict });
});
