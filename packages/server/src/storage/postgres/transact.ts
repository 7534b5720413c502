import type { Command } from '../storage.js';
import { commit, UnknownOutcome } from './commit.js';
import type { Executor } from './connections/executor.js';
import { timeLimits } from './connections/postgres-pool.js';
import type { DatabaseClock } from './database-clock.js';
import { describePostgresFault } from './postgres-fault.js';
import { PostgresTransaction } from './postgres-transaction.js';

/** A command with what it works on, and how its transaction is begun. */
export interface Work<I, O> {
  readonly command: Command<I, O>;
  readonly input: I;
  /** Whether limits of time have to be set for each transaction, since the session may be another's. */
  readonly isPooled: boolean;
  readonly clock: DatabaseClock;
  /** Called after the commit with how many customers were stored. */
  noteInserts(count: number): void;
}

/**
 * Runs a command in a transaction of its own and gives its output once the commit is on disk.
 *
 * @throws what the command throws, with nothing stored; what {@link commit} throws
 */
export async function transact<I, O>(executor: Executor, work: Work<I, O>): Promise<O> {
  const { command, input, isPooled } = work;
  const begin = `begin isolation level ${command.locksRows === true ? 'read committed' : 'serializable'}`;
  // The first statement is sent right behind it; its answer is looked at before the commit.
  const begun = executor.control(isPooled ? `${begin}; ${timeLimits('local')}` : begin);
  begun.catch(() => undefined);
  try {
    const tx = new PostgresTransaction(executor, work.clock);
    const output = await command.run(tx, input);
    await begun;
    await commit(executor);
    if (tx.inserted > 0) work.noteInserts(tx.inserted);
    return output;
  } catch (error) {
    if (!(error instanceof UnknownOutcome)) await rollback(executor);
    throw error;
  }
}

// Where the connection is lost the server rolls back by itself; the error that led here is the one to tell.
async function rollback(executor: Executor): Promise<void> {
  try {
    await executor.control('rollback');
  } catch (error) {
    if (describePostgresFault(error) === undefined) throw error;
  }
}
