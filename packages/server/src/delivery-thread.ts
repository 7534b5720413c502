import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { runDeliveryThread } from './webhooks/delivery/run-delivery-thread.js';

// The entry of the thread that delivers webhooks.

/** How much the thread yields to those that answer requests: where both want the same processor, it gets about a quarter. */
const NICENESS = 5;

lowerPriority();
runDeliveryThread(parentPort, workerData);

// Linux has a priority for each thread; elsewhere it is one for the whole process, which must keep its own.
function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICENESS);
  } catch {
    // Without /proc the thread competes like any other.
  }
}
