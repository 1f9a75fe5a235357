/** The process that `distributed.test.ts` stops while it has a turn: it takes one, says so, and keeps it. */
import { postgresTurns } from './postgres-turns.ts';

const [, , connectionString = '', lease] = process.argv;
const turn = await postgresTurns({ connectionString }, Number(lease)).takeTurn('s1', 'wait');
if (turn !== null) process.stdout.write('taken\n');
