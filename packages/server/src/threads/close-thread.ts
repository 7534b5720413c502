import type { Worker } from 'node:worker_threads';

/** Asks a thread to close its connection and end, and waits until it has. */
export async function closeThread(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage('close');
  await ended;
}
