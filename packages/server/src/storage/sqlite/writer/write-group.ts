import type { Command } from '../../storage.js';
import type { SqliteConnection } from '../connection.js';
import { SqliteTransaction } from '../sqlite-transaction.js';
import { describeStorageFault } from '../storage-fault.js';
import { failureFromError } from '../thread-failure.js';
import type { WriteJob, WriteOutcome } from './writer-messages.js';

/** The commands a writer can run, by name. */
export type CommandTable = ReadonlyMap<string, Command<unknown, unknown>>;

/**
 * Runs jobs in one transaction and commits them together, each under its own savepoint, so that a failing job undoes
 * only itself. When the disk fails, all of the group fails and nothing of it is stored.
 */
export async function commitGroup(
  connection: SqliteConnection,
  commands: CommandTable,
  jobs: readonly WriteJob[],
): Promise<WriteOutcome[]> {
  try {
    connection.runText('begin immediate');
    const outcomes: WriteOutcome[] = [];
    for (const job of jobs) outcomes.push(await runJob(connection, commands, job));
    connection.runText('commit');
    return outcomes;
  } catch (error) {
    if (connection.isInTransaction) connection.runText('rollback');
    const failure = failureFromError(error);
    return jobs.map((job) => ({ id: job.id, ok: false, failure }));
  }
}

async function runJob(connection: SqliteConnection, commands: CommandTable, job: WriteJob): Promise<WriteOutcome> {
  const command = commands.get(job.command);
  if (command === undefined) throw new Error(`unknown command ${job.command}`);
  try {
    const tx = new SqliteTransaction(connection, job.handedInAt);
    const output = await tx.attempt(() => command.run(tx, job.input));
    return { id: job.id, ok: true, output };
  } catch (error) {
    if (describeStorageFault(error) !== undefined) throw error;
    return { id: job.id, ok: false, failure: failureFromError(error) };
  }
}
