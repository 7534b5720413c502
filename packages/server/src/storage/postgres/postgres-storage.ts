import { PartnerError } from '@countersign/contract';
import type { CustomerSnapshot, SnapshotSelection } from '../customer-snapshot.js';
import type { Statement } from '../statement.js';
import {
  type Command,
  type CustomerSelection,
  type ListPage,
  type NewCustomer,
  type NewCustomers,
  StaleTime,
  type Storage,
  type StorageGauges,
} from '../storage.js';
import { AutocommitTransaction } from './autocommit-transaction.js';
import { UnknownOutcome } from './commit.js';
import type { Connections } from './connections/connections.js';
import type { Executor } from './connections/executor.js';
import type { Replica } from './connections/replica.js';
import { matchesNothing } from './connections/statement-cache.js';
import type { DatabaseClock } from './database-clock.js';
import { insertCustomers } from './insert-customers.js';
import { InsertQueue } from './insert-queue.js';
import { isMarkTaken, isRefusal, translated } from './postgres-fault.js';
import { openPostgresSnapshot } from './postgres-snapshot.js';
import { readCustomers } from './read-customers.js';
import { retryConflicts } from './retry-conflicts.js';
import { EarlyStatistics } from './schema/early-statistics.js';
import { SettledLook } from './settled-look.js';
import { transact } from './transact.js';

/** Statements that store new customers at once; more customers of a team share its own, and so their trip to the disk. */
const INSERT_SLOTS = { all: 6, ofTeam: 2 };

/** What a PostgreSQL storage is made of. */
export interface PostgresParts {
  readonly url: string;
  readonly primary: Connections;
  readonly replica: Replica | undefined;
  /** Whether a pooler stands before the primary. */
  readonly isPooled: boolean;
  readonly clock: DatabaseClock;
}

/** A PostgreSQL database, open and at the right schema. */
export class PostgresStorage implements Storage {
  readonly #parts: PostgresParts;
  readonly #autocommit: AutocommitTransaction;
  readonly #statistics: EarlyStatistics;
  readonly #settled: SettledLook;
  #writesWaiting = 0;
  #commits = 0;
  #writes = 0;

  constructor(parts: PostgresParts) {
    this.#parts = parts;
    const inserts = new InsertQueue({
      store: (customers) => this.#storeBatch(customers),
      slots: INSERT_SLOTS,
      isRefusal,
    });
    this.#statistics = new EarlyStatistics((work) => parts.primary.use(work));
    this.#settled = new SettledLook((look) => parts.primary.lookUp(look), parts.clock);
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
    this.#followClock();
    try {
      const output = await translated(() => retryConflicts(() => this.#run(command, input)));
      this.#writes += 1;
      return output;
    } finally {
      this.#writesWaiting -= 1;
    }
  }

  now(): number {
    return this.#parts.clock.now();
  }

  settledUntil(): Promise<number> {
    return translated(() => this.#settled.until());
  }

  listCustomers(request: CustomerSelection): Promise<ListPage> {
    const { primary, replica } = this.#parts;
    const listFrom = (connections: Connections) =>
      readCustomers(async <R>(text: string, values: unknown[]) => {
        const { rows } = await connections.read((executor) => executor.executeOnce<R>(text, values));
        return rows;
      }, request);
    return translated(() => replica?.readOr(primary, listFrom) ?? listFrom(primary));
  }

  openSnapshot(selection: SnapshotSelection): Promise<CustomerSnapshot> {
    return translated(() => openPostgresSnapshot(this.#parts.url, selection));
  }

  async verify(): Promise<void> {
    await this.#read((executor) => executor.executeText('select 1 from teams limit 1', []));
  }

  gauges(): StorageGauges {
    return { writesWaiting: this.#writesWaiting, commits: this.#commits, writes: this.#writes };
  }

  dropOlderIndexes(): Promise<void> {
    return translated(() =>
      this.#parts.primary.use(async (executor) => {
        await executor.executeText('drop index concurrently if exists customers_by_text', []);
      }),
    );
  }

  async close(): Promise<void> {
    await this.#parts.replica?.close();
    await this.#parts.primary.close();
  }

  #read<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    return translated(() => this.#parts.primary.lookUp(work));
  }

  async #run<I, O>(command: Command<I, O>, input: I): Promise<O> {
    if (command.isOneStatement?.(input) === true) return refusingRepeats(() => command.run(this.#autocommit, input));
    const { primary, isPooled, clock } = this.#parts;
    const noteInserts = (count: number) => this.#statistics.noteInserts(count);
    try {
      const output = await primary.use((executor) =>
        transact(executor, { command, input, isPooled, clock, noteInserts }),
      );
      this.#commits += 1;
      return output;
    } catch (error) {
      if (error instanceof StaleTime) await this.#read((executor) => clock.measure(executor));
      throw error;
    }
  }

  // Without waiting for it: a clock that has gone astray meanwhile is found out by the statements themselves.
  #followClock(): void {
    const { clock } = this.#parts;
    if (clock.isDue()) void this.#read((executor) => clock.measure(executor)).catch(() => undefined);
  }

  async #storeBatch(customers: NewCustomers): Promise<ReadonlyMap<string, NewCustomer>> {
    const { primary, clock } = this.#parts;
    const stored = await primary.use((executor) => insertOrSayUnknown(executor, customers, clock));
    this.#commits += 1;
    this.#statistics.noteInserts(stored.size);
    return stored;
  }
}

async function refusingRepeats<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isMarkTaken(error) ? new PartnerError('replayed_request') : error;
  }
}

async function insertOrSayUnknown(
  executor: Executor,
  customers: NewCustomers,
  clock: DatabaseClock,
): Promise<ReadonlyMap<string, NewCustomer>> {
  try {
    return await insertCustomers(executor, customers, clock);
  } catch (error) {
    throw isRefusal(error) ? error : new UnknownOutcome(error);
  }
}
