import type { Storage } from './storage.js';

/** A storage that knows what is written through it. */
export interface WatchedStorage extends Storage {
  /** Writes that were handed in and are not yet on disk. */
  readonly writesUnderWay: number;
}

/** The same storage, which counts the writes that are under way and tells after every one that is on disk. */
export function watchWrites(storage: Storage, onWritten: () => void): WatchedStorage {
  let writesUnderWay = 0;
  return {
    get writesUnderWay() {
      return writesUnderWay;
    },
    all: (query, parameters) => storage.all(query, parameters),
    first: (query, parameters) => storage.first(query, parameters),
    async write(command, input) {
      writesUnderWay += 1;
      try {
        const output = await storage.write(command, input);
        onWritten();
        return output;
      } finally {
        writesUnderWay -= 1;
      }
    },
    listCustomers: (request) => storage.listCustomers(request),
    verify: () => storage.verify(),
    gauges: () => storage.gauges(),
    close: () => storage.close(),
  };
}
