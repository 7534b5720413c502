import { findCommand } from '../../storage.js';
import type { SqliteConnection } from '../connection.js';
import { SqliteTransaction } from '../sqlite-transaction.js';
import { describeStorageFault } from '../storage-fault.js';
import { failureFromError } from '../thread-failure.js';
import { isPlain } from './is-plain.js';
import type { WriteJob, WriteOutcome } from './writer-messages.js';

/**
 * Runs jobs in one transaction and commits them together, each under its own savepoint, so that a failing job undoes
 * only itself. Where the whole transaction is lost, each is run again in one of its own: what one of them does to the disk, or
 * to the transaction, befalls no other.
 */
export async function commitGroup(connection: SqliteConnection, jobs: readonly WriteJob[]): Promise<WriteOutcome[]> {
  try {
    connection.runText('begin immediate');
  } catch (error) {
    return jobs.map((job) => failed(job, error));
  }
  try {
    const outcomes: WriteOutcome[] = [];
    for (const job of jobs) outcomes.push(await runJob(connection, job));
    connection.runText('commit');
    return outcomes;
  } catch (error) {
    if (connection.isInTransaction) connection.runText('rollback');
    const [only, ...others] = jobs;
    if (only !== undefined && others.length === 0) return [failed(only, error)];
  }
  const outcomes: WriteOutcome[] = [];
  for (const job of jobs) outcomes.push(...(await commitGroup(connection, [job])));
  return outcomes;
}

async function runJob(connection: SqliteConnection, job: WriteJob): Promise<WriteOutcome> {
  const tx = new SqliteTransaction(connection, job.handedInAt);
  try {
    const output = await tx.attempt(() => runCommand(tx, job));
    return { id: job.id, ok: true, output };
  } catch (error) {
    // Without its transaction there is nothing that the other jobs could go on in.
    if (!connection.isInTransaction || describeStorageFault(error) !== undefined) throw error;
    return failed(job, error);
  } finally {
    tx.end();
  }
}

async function runCommand(tx: SqliteTransaction, { command: name, input }: WriteJob): Promise<unknown> {
  const command = findCommand(name);
  if (command === undefined) throw new Error(`unknown command ${name}`);
  const output = await command.run(tx, input);
  // Found out before it is committed: nothing of a message is sent when a part of it cannot be copied.
  if (!isPlain(output)) throw new Error(`the output of ${name} cannot be copied`);
  return output;
}

function failed({ id }: WriteJob, error: unknown): WriteOutcome {
  const failure = failureFromError(error);
  if (isPlain(failure)) return { id, ok: false, failure };
  return { id, ok: false, failure: { ...failureFromError(undefined), message: 'an error that cannot be copied' } };
}
