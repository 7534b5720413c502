import { closeSync, openSync, statSync } from 'node:fs';
import type { SqliteConnection } from '../connection.js';
import { describeStorageFault } from '../storage-fault.js';
import { zeroFreeSpace } from './free-space.js';

/**
 * Overwrites what was deleted from a file by its connection that writes, and its log. The file is opened once, and closed
 * after the connections to it: to close it lets go of the locks that SQLite has on it in this process.
 */
export class Remains {
  readonly #connection: SqliteConnection;
  readonly #file: string;
  #descriptor: number | undefined;

  constructor(connection: SqliteConnection, file: string) {
    this.#connection = connection;
    this.#file = file;
  }

  /**
   * Empties the log and overwrites what no row has any more; to be called outside of a transaction.
   *
   * @param waitMs how long reads that began earlier are waited for
   * @returns false where one went on for longer, or another process wrote meanwhile
   */
  overwrite(waitMs: number): boolean {
    try {
      return this.#emptyLog(waitMs) && this.#zeroFreeSpace();
    } catch (error) {
      if (this.#connection.isInTransaction) this.#connection.runText('rollback');
      if (describeStorageFault(error) === undefined) throw error;
      return false;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }

  #emptyLog(waitMs: number): boolean {
    const [outcome] = this.#connection.waitingAtMost(waitMs, () =>
      this.#connection.allText<{ busy: number }>('pragma wal_checkpoint(truncate)', []),
    );
    return outcome?.busy === 0;
  }

  #zeroFreeSpace(): boolean {
    // With the lock nobody adds to the log, and nothing of it is copied into the file.
    this.#connection.runText('begin immediate');
    const isEmpty = (statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
    this.#descriptor ??= openSync(this.#file, 'r+');
    const isDone = isEmpty && zeroFreeSpace(this.#descriptor);
    this.#connection.runText('rollback');
    // Pages that were read before still have what was overwritten.
    this.#connection.execute('pragma shrink_memory');
    return isDone;
  }
}
