import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';

/**
 * Gives a thread beside the writer once it has said, with its first message, that its connections are open.
 *
 * @throws the reason why it could not open them
 */
export async function startedThread(worker: Worker): Promise<Worker> {
  // An error of the thread rejects this, too.
  await once(worker, 'message');
  return worker;
}
