import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { RateLimiterClusterMaster } from 'rate-limiter-flexible';
import type { PrimaryMessage, WorkerMessage } from './worker-message.js';

/** Sends a message to a worker; one that has just ended gets none. */
export function sendToWorker(worker: Worker, message: PrimaryMessage): void {
  worker.send(message, () => undefined);
}

/** Holds, in the primary process, what its workers share, and answers them. Gives what takes a worker's message. */
export function answerWorkers(): (worker: Worker, message: WorkerMessage) => void {
  const metrics = new AggregatorRegistry();
  // Answers the limiters of the workers by itself.
  new RateLimiterClusterMaster();
  return (worker, message) => {
    if (message.countersign === 'ask') {
      const { id } = message;
      metrics.clusterMetrics().then(
        (answer) => sendToWorker(worker, { countersign: 'answer', id, answer }),
        () => sendToWorker(worker, { countersign: 'answer', id }),
      );
    }
    if (message.countersign === 'tell') {
      for (const other of Object.values(cluster.workers ?? {})) {
        if (other !== undefined && other !== worker) {
          sendToWorker(other, { countersign: 'notice', notice: message.notice });
        }
      }
    }
  };
}
