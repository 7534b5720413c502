import type { Storage } from './storage.js';

/** How far back the average of waiting writes looks, in milliseconds: over bursts, and not over the load of a while ago. */
const AVERAGE_OVER_MS = 200;

/** A storage that knows what is written through it. */
export interface WatchedStorage extends Storage {
  /** How many writes were handed in and not yet on disk, on the average of late. */
  averageWaiting(): number;
}

/** The same storage, which counts the writes that are in flight and tells after every one that is on disk. */
export function watchWrites(storage: Storage, onWritten: () => void): WatchedStorage {
  const waiting = new AveragedCount();
  return {
    averageWaiting: () => waiting.average(),
    all: (query, parameters) => storage.all(query, parameters),
    first: (query, parameters) => storage.first(query, parameters),
    async write(command, input) {
      waiting.add(1);
      try {
        const output = await storage.write(command, input);
        onWritten();
        return output;
      } finally {
        waiting.add(-1);
      }
    },
    now: () => storage.now(),
    settledUntil: () => storage.settledUntil(),
    listCustomers: (request) => storage.listCustomers(request),
    openSnapshot: (selection) => storage.openSnapshot(selection),
    verify: () => storage.verify(),
    gauges: () => storage.gauges(),
    dropOlderIndexes: () => storage.dropOlderIndexes(),
    close: () => storage.close(),
  };
}

// A count at one moment says little: writes come and end in groups, whole commits at a time.
class AveragedCount {
  #count = 0;
  #average = 0;
  #at = performance.now();

  add(change: 1 | -1): void {
    this.average();
    this.#count += change;
  }

  /** Every moment weighs less than the one after it, by a factor of e for each {@link AVERAGE_OVER_MS}. */
  average(): number {
    const now = performance.now();
    const weight = Math.exp((this.#at - now) / AVERAGE_OVER_MS);
    this.#average = this.#average * weight + this.#count * (1 - weight);
    this.#at = now;
    return this.#average;
  }
}
