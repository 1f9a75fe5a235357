/** Work shared out among as many processes as there are cores, each of which has several tasks open: most of them wait. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/** Whether this process is one of those that were started to work. */
export const isWorker = process.send !== undefined;

/** In a process that works: does each task that it is given, and tells what came of it. */
export async function work<Task, Report>(perform: (task: Task) => Promise<Report>): Promise<void> {
  process.on('message', async (task: Task) => {
    const report = await perform(task);
    process.send?.({ report });
  });
  process.send?.({ ready: true });
  await once(process, 'disconnect');
  process.exit();
}

/**
 * In the process that shares out: starts this same program once a core, and hands out the tasks in their order.
 *
 * @param width - tasks that one process has open at the same time
 * @param tell - hears what came of each task, in the order in which they end
 */
export async function shareOut<Task extends object | number, Report>(
  tasks: readonly Task[],
  width: number,
  tell: (report: Report) => void,
): Promise<void> {
  const queue = [...tasks];
  const employ = (): Promise<void> => {
    const child = fork(process.argv[1] ?? '', process.argv.slice(2));
    let open = 0;
    const fill = (): void => {
      for (; open < width; open++) {
        const task = queue.shift();
        if (task === undefined) break;
        child.send(task);
      }
      if (open === 0 && child.connected) child.disconnect();
    };
    child.on('message', (message: { readonly report?: Report }) => {
      if (message.report !== undefined) {
        open--;
        tell(message.report);
      }
      fill();
    });
    return new Promise((done, failed) => {
      child.once('exit', (code) => (code === 0 ? done() : failed(new Error(`a worker ended with ${code}`))));
    });
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, employ));
}
