import { PartnerError } from '@countersign/contract';
import type { CustomerSnapshot, SnapshotSelection } from './customer-snapshot.js';
import type { NewEvent } from './insert-event.js';
import type { RequestMark } from './request-mark.js';
import type { Statement } from './statement.js';

/** What was read in a transaction has changed meanwhile: nothing of it is stored, and it can be run again. */
export class WriteConflict extends Error {
  override readonly name: string = 'WriteConflict';
}

/** A change was to carry a time that is too old for mirrors to hear of it: it is made again with a time of now. */
export class StaleTime extends WriteConflict {
  override readonly name = 'StaleTime';
}

/** Another transaction holds a row for longer than a request can wait. */
export class RowBusy extends PartnerError {
  constructor(cause: unknown) {
    super('unavailable', undefined, { cause });
  }
}

/** Reads committed rows, or inside a transaction the transaction's own view. */
export interface Reader {
  /** Every row of the statement. @throws PartnerError `unavailable` when the storage does not answer */
  all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]>;
  /** The first row, or undefined. @throws PartnerError `unavailable` when the storage does not answer */
  first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined>;
}

/** A new customer as the storage takes it: the object as answered, and what it is found, sorted and counted by. */
export interface NewCustomer {
  readonly uuid: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly version: number;
  readonly nameKey: string;
  readonly emailKey: string;
  /** Digits of all phones. */
  readonly phoneKey: string;
  /** All that is searched but digits. */
  readonly searchText: string;
  readonly externalId: string | null;
  readonly body: string;
  /** What made it and who, as it stands in the row. */
  readonly madeBy: string;
  /** The import that it belongs to. */
  readonly importUuid: string | null;
}

/** A new customer with what is stored beside it, where it is stored. */
export interface CustomerInsert extends NewCustomer {
  /** The request that makes it and nothing else. */
  readonly mark?: RequestMark;
  /** The event that tells of it as it is stored, which may be with a later time. */
  eventOf(stored: NewCustomer): NewEvent;
}

/** New customers of one team. */
export interface NewCustomers {
  readonly teamId: number;
  readonly rows: readonly CustomerInsert[];
}

/** A customer that is counted under another status than before; null where it is not counted, being deleted. */
export interface CountMove {
  readonly teamId: number;
  readonly from: string | null;
  readonly to: string | null;
}

/** Tells the time that changes carry. */
export interface RecordClock {
  /**
   * The time that a change made now carries, in milliseconds since 1970. All processes on one database go by its clock, and
   * not by their own.
   */
  now(): number;
}

/** A running write transaction; all of it is committed, or none. */
export interface Transaction extends Reader, RecordClock {
  /** Executes a change and gives the number of rows it changed. What changes rows goes this way and no other. */
  run<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<number>;
  /** Runs work that is undone alone when it throws, and rethrows; the transaction goes on. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Stores new customers with their events and marks, and counts them, but for those whose email or external id is taken.
   *
   * @returns the stored ones by UUID, as they were stored: with a later time where they had waited for long
   * @throws PartnerError `replayed_request` where the request of one that can be stored had its effect before
   */
  insertCustomers(customers: NewCustomers): Promise<ReadonlyMap<string, NewCustomer>>;
  /** Keeps the team's totals true when a customer changes its status, is deleted or comes back. */
  moveCount(move: CountMove): Promise<void>;
}

/** What a unit of writing is made of. */
export interface CommandParts<I, O> {
  /** Unique in the program. */
  readonly name: string;
  /**
   * Whether it locks what it reads before it changes it, so that an engine with many writers may run others beside it.
   * Without this it is run as if it were alone (serializable).
   */
  readonly locksRows?: boolean;
  /**
   * Whether its caller is answered once what was deleted is gone from the database's files, where the engine overwrites them
   * at all.
   */
  readonly leavesNothing?: boolean;
  /** Whether its effect for an input is a single statement, which needs no transaction around it. */
  isOneStatement?(input: I): boolean;
  run(tx: Transaction, input: I): Promise<O>;
}

/**
 * A named unit of writing. Input and output cross a thread boundary, so both are plain values that can be cloned.
 * `run` may await the transaction and nothing else: others wait for it. It may be run again from the start, where others
 * changed at the same time what it read.
 */
export interface Command<I, O> extends CommandParts<I, O> {
  /** Only {@link command} has it, so that no command is made beside it. */
  readonly [REGISTERED]: true;
}

const REGISTERED: unique symbol = Symbol('registered');

/** Every command of the modules that this thread has loaded, by name. */
const commands = new Map<string, Command<never, unknown>>();

/** Makes a command, and registers it, so that the thread that writes finds it by its name. */
export function command<I, O>(parts: CommandParts<I, O>): Command<I, O> {
  if (commands.has(parts.name)) throw new Error(`there are two commands named ${parts.name}`);
  const made: Command<I, O> = { ...parts, [REGISTERED]: true };
  commands.set(made.name, made);
  return made;
}

/** The names of the commands that this thread knows. */
export function commandNames(): readonly string[] {
  return [...commands.keys()];
}

/** A command by its name. Its input comes from whoever was given the very command. */
export function findCommand(name: string): Command<unknown, unknown> | undefined {
  return commands.get(name) as Command<unknown, unknown> | undefined;
}

/** The order of a customer list, in column terms. */
export type ListOrder = 'name' | 'email' | 'created' | 'updated';

/** One page of a team's customers as the storage is asked for it. */
export interface CustomerSelection extends SnapshotSelection {
  /** Whether deleted customers are listed, too, whatever their status; not in a search. */
  readonly includeDeleted?: boolean;
  readonly order: ListOrder;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
  /** Only records behind this one in the given order. */
  readonly after?: ListPosition;
}

/** Where a record stands in an order: its sort value and, for ties, its UUID. */
export interface ListPosition {
  readonly value: string | number;
  readonly uuid: string;
}

/** One page of a list; `rows` has one more than the limit where there is a next page. */
export interface ListPage {
  readonly rows: readonly ListRow[];
  /** How many match; of a search, one more than {@link COUNTED_MATCHES} at most. */
  readonly total: number;
}

/** A search counts no more matches than these, contract §3.2. */
export const COUNTED_MATCHES = 10_000;

/** A record of a list with its place in the order. */
export interface ListRow {
  /** The object as answered, or what is left of a deleted one. */
  readonly record: string | DeletedRecord;
  readonly position: ListPosition;
}

/** What is told of a deleted customer. Times are milliseconds since 1970. */
export interface DeletedRecord {
  readonly uuid: string;
  readonly deletedAt: number;
  readonly updatedAt: number;
  /** The customer that it was merged into. */
  readonly mergedInto: string | null;
}

/** Numbers for the metrics page. */
export interface StorageGauges {
  /** Writes handed in and not yet committed. */
  readonly writesWaiting: number;
  /** Commits since the start. */
  readonly commits: number;
  /** Writes committed since the start; divided by commits, the size of a group. */
  readonly writes: number;
}

/** A database of one engine, open and at the right schema. */
export interface Storage extends Reader, RecordClock {
  /**
   * Runs a command in a transaction and gives its output once the commit is on disk.
   *
   * @throws PartnerError as the command threw it, with nothing written; `unavailable` when it could not be committed, or
   *   is, and what it deleted could not be overwritten in time
   */
  write<I, O>(command: Command<I, O>, input: I): Promise<O>;
  /**
   * A time before which nothing changes any more: whoever reads from now on sees every change that carries an earlier one,
   * also of transactions that are in flight in other processes. It stays some seconds behind the clock.
   *
   * @throws PartnerError `unavailable` when the storage does not answer
   */
  settledUntil(): Promise<number>;
  /** One page of a team's customers, off the request's thread. */
  listCustomers(request: CustomerSelection): Promise<ListPage>;
  /** Some or all of a team's customers as they are now, to be read at leisure and then closed. */
  openSnapshot(selection: SnapshotSelection): Promise<CustomerSnapshot>;
  /** Whether the storage answers; throws PartnerError `unavailable` when not. */
  verify(): Promise<void>;
  gauges(): StorageGauges;
  /** Drops indexes that only an earlier version uses; to be called once no row has keys of such a version. */
  dropOlderIndexes(): Promise<void>;
  /** Finishes what was handed in, then lets go of the files. */
  close(): Promise<void>;
}
