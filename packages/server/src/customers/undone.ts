import type { Transaction } from '../storage/storage.js';

/** Carries what work gave out of the transaction that is undone with it. */
class Undone<T> extends Error {
  constructor(readonly result: T) {
    super('a dry run is undone');
  }
}

/**
 * Does work and undoes it, and gives what it gave. Everything is really done, so that nothing is found out later that a dry run
 * did not tell.
 */
export async function undone<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  try {
    return await tx.attempt(async () => {
      throw new Undone(await work());
    });
  } catch (error) {
    if (error instanceof Undone) return error.result;
    throw error;
  }
}
