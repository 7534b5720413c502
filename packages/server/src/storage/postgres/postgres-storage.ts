import type { Statement } from '../statement.js';
import type { Command, ListPage, ListRequest, NewCustomers, Storage, StorageGauges } from '../storage.js';
import { AutocommitTransaction } from './autocommit-transaction.js';
import { UnknownOutcome } from './commit.js';
import type { Connections } from './connections.js';
import { EarlyStatistics } from './early-statistics.js';
import type { Executor } from './executor.js';
import { insertCustomers } from './insert-customers.js';
import { InsertQueue } from './insert-queue.js';
import { listCustomers } from './list-customers.js';
import { isRefusal, translatePostgresFault } from './postgres-fault.js';
import type { Replica } from './replica.js';
import { retryConflicts } from './retry-conflicts.js';
import { matchesNothing } from './statement-cache.js';
import { transact } from './transact.js';

/** Statements that store new customers at once; more customers of a team share its own, and so their trip to the disk. */
const INSERT_LANES = { all: 6, ofTeam: 2 };

/** What a PostgreSQL storage is made of. */
export interface PostgresParts {
  readonly primary: Connections;
  readonly replica: Replica | undefined;
  /** Whether a pooler stands before the primary. */
  readonly isPooled: boolean;
}

/** A PostgreSQL database, open and at the right schema. */
export class PostgresStorage implements Storage {
  readonly #parts: PostgresParts;
  readonly #autocommit: AutocommitTransaction;
  readonly #statistics: EarlyStatistics;
  #writesWaiting = 0;
  #commits = 0;
  #writes = 0;

  constructor(parts: PostgresParts) {
    this.#parts = parts;
    const inserts = new InsertQueue({
      store: (customers) => this.#storeBatch(customers),
      lanes: INSERT_LANES,
      isRefusal,
    });
    this.#statistics = new EarlyStatistics((work) => parts.primary.use(work));
    this.#autocommit = new AutocommitTransaction(this, inserts);
  }

  async all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    if (matchesNothing(parameters)) return [];
    return this.#read(async (executor) => (await executor.execute(query, parameters)).rows);
  }

  async first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    if (matchesNothing(parameters)) return undefined;
    return this.#read(async (executor) => (await executor.execute(query, parameters)).rows[0]);
  }

  async write<I, O>(command: Command<I, O>, input: I): Promise<O> {
    this.#writesWaiting += 1;
    try {
      const output = await translated(() => retryConflicts(() => this.#run(command, input)));
      this.#writes += 1;
      return output;
    } finally {
      this.#writesWaiting -= 1;
    }
  }

  listCustomers(request: ListRequest): Promise<ListPage> {
    const { primary, replica } = this.#parts;
    const listFrom = (connections: Connections) =>
      listCustomers(async <R>(text: string, values: unknown[]) => {
        const { rows } = await connections.read((executor) => executor.executeOnce<R>(text, values));
        return rows;
      }, request);
    return translated(() => replica?.readOr(primary, listFrom) ?? listFrom(primary));
  }

  async verify(): Promise<void> {
    await this.#read((executor) => executor.executeText('select 1 from teams limit 1', []));
  }

  gauges(): StorageGauges {
    return { writesWaiting: this.#writesWaiting, commits: this.#commits, writes: this.#writes };
  }

  async close(): Promise<void> {
    await this.#parts.replica?.close();
    await this.#parts.primary.close();
  }

  #read<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    return translated(() => this.#parts.primary.lookUp(work));
  }

  async #run<I, O>(command: Command<I, O>, input: I): Promise<O> {
    if (command.isOneStatement?.(input) === true) return command.run(this.#autocommit, input);
    const { primary, isPooled } = this.#parts;
    const output = await primary.use((executor) =>
      transact(executor, { command, input, isPooled, noteInserts: (count) => this.#statistics.noteInserts(count) }),
    );
    this.#commits += 1;
    return output;
  }

  async #storeBatch(customers: NewCustomers): Promise<ReadonlySet<string>> {
    const stored = await this.#parts.primary.use((executor) => insertOrSayUnknown(executor, customers));
    this.#commits += 1;
    this.#statistics.noteInserts(stored.size);
    return stored;
  }
}

async function insertOrSayUnknown(executor: Executor, customers: NewCustomers): Promise<ReadonlySet<string>> {
  try {
    return await insertCustomers(executor, customers);
  } catch (error) {
    throw isRefusal(error) ? error : new UnknownOutcome(error);
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translatePostgresFault(error);
  }
}
