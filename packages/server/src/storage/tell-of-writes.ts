import type { Storage } from './storage.js';

/** The same storage, which tells after every write that is on disk. */
export function tellOfWrites(storage: Storage, onWritten: () => void): Storage {
  return {
    all: (query, parameters) => storage.all(query, parameters),
    first: (query, parameters) => storage.first(query, parameters),
    async write(command, input) {
      const output = await storage.write(command, input);
      onWritten();
      return output;
    },
    listCustomers: (request) => storage.listCustomers(request),
    verify: () => storage.verify(),
    gauges: () => storage.gauges(),
    close: () => storage.close(),
  };
}
