import { PartnerError } from '@countersign/contract';
import type { Pool } from 'pg';
import type { Statement } from '../statement.js';
import type { Command, ListPage, ListRequest, NewCustomers, Storage, StorageGauges } from '../storage.js';
import { AutocommitTransaction } from './autocommit-transaction.js';
import { commit } from './commit.js';
import { Executor } from './executor.js';
import { insertCustomers } from './insert-customers.js';
import { InsertQueue } from './insert-queue.js';
import { listCustomers } from './list-customers.js';
import { ensurePostgresSchema } from './migrate-postgres.js';
import { describePostgresFault, isRefusal, isStatementLost, translatePostgresFault } from './postgres-fault.js';
import { askServer, openPool, type ServerFacts, timeLimits } from './postgres-pool.js';
import { PostgresTransaction } from './postgres-transaction.js';
import { retryConflicts } from './retry-conflicts.js';
import { StatementCache } from './statement-cache.js';

/** How a PostgreSQL database is opened. */
export interface PostgresOptions {
  readonly url: string;
  /** Whether an older schema is brought to this version; an empty database always is. */
  readonly migrate: boolean;
  /** Most connections at once. */
  readonly connections: number;
}

/** A server that this program cannot work with; its message ends the sentence "Cannot use the database …". */
export class UnfitServer extends Error {
  override readonly name = 'UnfitServer';
}

/** The oldest version that is worked with. */
const OLDEST_VERSION = 150_000;
/** Statements that store new customers at once; more customers share them. */
const INSERT_LANES = 3;

/**
 * Opens a PostgreSQL database.
 *
 * @throws SchemaMismatch, UnfitServer; the driver's error when the server cannot be reached
 */
export async function openPostgresStorage(options: PostgresOptions): Promise<Storage> {
  const facts = await askServer(options.url);
  refuseUnfit(facts);
  const pool = openPool({ ...options, isPooled: facts.isPooled });
  try {
    const client = await pool.connect();
    try {
      await ensurePostgresSchema(client, options);
    } finally {
      client.release();
    }
    return new PostgresStorage(pool, facts);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function refuseUnfit({ version, encoding }: ServerFacts): void {
  if (version < OLDEST_VERSION) {
    throw new UnfitServer(`it is PostgreSQL ${Math.floor(version / 10_000)}, and 15 or newer is needed`);
  }
  if (encoding !== 'UTF8') throw new UnfitServer(`its encoding is ${encoding}, and UTF8 is needed`);
}

class PostgresStorage implements Storage {
  readonly #pool: Pool;
  readonly #facts: ServerFacts;
  readonly #statements = new StatementCache();
  readonly #autocommit: AutocommitTransaction;
  #writesWaiting = 0;
  #commits = 0;
  #writes = 0;

  constructor(pool: Pool, facts: ServerFacts) {
    this.#pool = pool;
    this.#facts = facts;
    this.#statements.usesNames = !facts.isPooled;
    const inserts = new InsertQueue({
      store: (customers) => this.#storeBatch(customers),
      lanes: INSERT_LANES,
      isRefusal,
    });
    this.#autocommit = new AutocommitTransaction(this, inserts);
  }

  async all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return this.#read(async (executor) => (await executor.execute(query, parameters)).rows);
  }

  async first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return this.#read(async (executor) => (await executor.execute(query, parameters)).rows[0]);
  }

  async write<I, O>(command: Command<I, O>, input: I): Promise<O> {
    this.#writesWaiting += 1;
    try {
      const output = await translated(() =>
        retryConflicts(() =>
          command.isOneStatement?.(input) === true
            ? command.run(this.#autocommit, input)
            : this.#transact(command, input),
        ),
      );
      this.#writes += 1;
      return output;
    } finally {
      this.#writesWaiting -= 1;
    }
  }

  async listCustomers(request: ListRequest): Promise<ListPage> {
    const query = <R>(text: string, values: unknown[]) =>
      this.#read(async (executor) => (await executor.executeOnce<R>(text, values)).rows);
    return listCustomers(query, request);
  }

  async verify(): Promise<void> {
    await this.#read((executor) => executor.executeText('select 1 from teams limit 1', []));
  }

  gauges(): StorageGauges {
    return { writesWaiting: this.#writesWaiting, commits: this.#commits, writes: this.#writes };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** A read that found its connection lost is done once more on another: it changes nothing. */
  #read<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    return translated(async () => {
      try {
        return await this.#withConnection(work);
      } catch (error) {
        if (isRefusal(error) && !isStatementLost(error)) throw error;
        return this.#withConnection(work);
      }
    });
  }

  async #withConnection<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    // A connection that is lost while it is had says so to whoever waits for an answer, too.
    client.on('error', ignoreLoss);
    let fault: Error | undefined;
    try {
      return await work(new Executor(client, this.#statements));
    } catch (error) {
      fault = brokenBy(error);
      throw error;
    } finally {
      client.off('error', ignoreLoss);
      client.release(fault);
    }
  }

  #transact<I, O>(command: Command<I, O>, input: I): Promise<O> {
    return this.#withConnection(async (executor) => {
      const begin = this.#begin(command).map((text) => executor.control(text));
      try {
        const output = await command.run(new PostgresTransaction(executor), input);
        await Promise.all(begin);
        await commit(executor);
        this.#commits += 1;
        return output;
      } catch (error) {
        await Promise.allSettled(begin);
        await executor.control('rollback').catch(() => undefined);
        throw error;
      }
    });
  }

  #begin({ locksRows }: { readonly locksRows?: boolean }): string[] {
    const begin = `begin isolation level ${locksRows === true ? 'read committed' : 'serializable'}`;
    return this.#facts.isPooled ? [`${begin}; ${timeLimits('local')}`] : [begin];
  }

  async #storeBatch(customers: NewCustomers): Promise<ReadonlySet<string>> {
    const stored = await this.#withConnection((executor) => insertCustomers(executor, customers));
    this.#commits += 1;
    return stored;
  }
}

function ignoreLoss(): void {}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translatePostgresFault(error);
  }
}

// A connection is kept after a refusal of the server's, and dropped after anything else.
function brokenBy(error: unknown): Error | undefined {
  if (error instanceof PartnerError || (isRefusal(error) && !isStatementLost(error))) return undefined;
  return describePostgresFault(error) === undefined && !isStatementLost(error) ? undefined : toError(error);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the connection failed');
}
