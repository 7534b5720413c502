import type {
  BulkResult,
  CursorPagination,
  Customer,
  CustomerInput,
  CustomerListQuery,
  CustomerPatch,
  Disclosure,
  DuplicateCandidate,
  DuplicateGroup,
  ErasedRecord,
  HistoryEntry,
  KeptField,
  MatchInput,
  MergeField,
  UpsertOutcome,
} from '@countersign/contract';
import type { CallOptions, ConditionalReadOptions, WriteOptions } from '../call-options.js';
import type { Result } from '../sending/read-result.js';
import type { DeletedRecord } from './contacts-api.js';
import type { ChangesQuery, CustomerChanges } from './customer-changes.js';
import type { CustomerPage, ListedRecord, WalkQuery } from './customer-page.js';
import type { ExportQuery } from './export-customers.js';
import type { ImportedRow, ImportOptions } from './import-customers.js';

/** A customer to create or to update: creating needs `customer` and `email`, updating is partial. */
export type CustomerUpsertInput = Partial<CustomerInput>;

/** How a create-or-update ended. */
export interface UpsertResult {
  readonly customer: Customer;
  readonly outcome: UpsertOutcome;
}

/** Which version of a customer is asked for: by its number, or as it was at a time (ISO 8601). */
export type CustomerVersionQuery = { readonly version: number } | { readonly at: string };

/** Which page of a history: at most 100 versions, 20 by default. */
export interface HistoryQuery {
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** A page of a customer's history. */
export interface HistoryPage {
  readonly history: HistoryEntry[];
  readonly pagination: CursorPagination;
}

/** How customers are merged. */
export interface MergeOptions extends WriteOptions {
  /** For a field the customer whose value is taken: the one that stays, or one of the others. */
  readonly fields?: Partial<Record<MergeField, string>> | undefined;
  /** Answers the same and writes nothing. */
  readonly dryRun?: boolean | undefined;
}

/** What came of a merge. */
export interface MergeResult {
  /** The one that stays, with what it took. */
  readonly customer: Customer;
  /** Those that are part of it now. */
  readonly merged: string[];
  /** Nothing was written. */
  readonly dryRun?: true;
}

/** What came of an unmerge. */
export interface UnmergeResult {
  /** The one that the other was merged into. */
  readonly customer: Customer;
  /** The one that is back. */
  readonly unmerged: Customer;
  /** What came from it and was changed since: it stays. */
  readonly kept: KeptField[];
}

/** `partial`: rows are independent. `atomic`: one bad row and nothing is written, the call throws. */
export type BulkMode = 'partial' | 'atomic';

/** What a bulk call is given beside its rows. */
export interface BulkOptions extends WriteOptions {
  /** `partial` by default. */
  readonly mode?: BulkMode | undefined;
  /** Whether the call only tells what it would do; false by default. */
  readonly dryRun?: boolean | undefined;
}

/** What became of each row of a bulk call, in the order of the rows. */
export interface BulkOutcome {
  /** There where nothing was written. */
  readonly dryRun?: true;
  readonly successCount: number;
  readonly errorCount: number;
  readonly results: BulkResult[];
}

/** The stored customers that may be the same as one that was asked about, best first, at most 5. */
export interface MatchResult {
  /** Its place among those that were asked about. */
  readonly index: number;
  readonly candidates: DuplicateCandidate[];
}

/** What of a team's groups of duplicates is asked for. */
export interface DuplicateGroupsQuery {
  /** At most 100 a page, 20 by default. */
  readonly limit?: number | undefined;
  /** `pagination.nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** A page of a team's groups of duplicates. */
export interface DuplicateGroupsPage {
  readonly groups: DuplicateGroup[];
  readonly pagination: CursorPagination;
}

/** What became of a declaration that customers are not the same. */
export interface NotDuplicates {
  readonly uuid: string;
  /** How many others it was about. */
  readonly count: number;
}

/**
 * Calls on the customers of the token's team, contract §3.2. All throw {@link CountersignError}. With a token that lacks
 * `customers:read`, use `createWriteOnlyClient`: writes are then told less.
 */
export interface CustomersApi {
  /** Creates a customer with its addresses and contacts, all or none. 409 `email_already_exists` names the holder. */
  create(input: CustomerInput, options?: WriteOptions): Promise<Result<Customer>>;
  /** The customer with this email, without regard to case, or undefined. */
  findByEmail(email: string, options?: CallOptions): Promise<Result<Customer> | undefined>;
  /** The customer with this uuid; 404 `customer_not_found` throws. */
  get(uuid: string, options?: CallOptions): Promise<Result<Customer>>;
  /** The customer as it was at a version or a time, also if it is deleted now; 404 `version_not_found` throws. */
  getVersion(uuid: string, which: CustomerVersionQuery, options?: CallOptions): Promise<Result<Customer>>;
  /** Who changed what and when, newest first, also of a deleted customer; `pagination.nextCursor` leads to the next page. */
  history(uuid: string, query?: HistoryQuery, options?: CallOptions): Promise<Result<HistoryPage>>;
  /** Gives the customer the contents of an earlier version, as a new one; 409 as on any write. */
  revert(uuid: string, version: number, options?: WriteOptions): Promise<Result<Customer>>;
  /** The customer with this uuid if it is no longer at the version of `ifNoneMatch`, or undefined. */
  findIfChanged(uuid: string, options: ConditionalReadOptions): Promise<Result<Customer> | undefined>;
  /** One page; `pagination.nextCursor` leads to the next. At most 100 a page, 20 by default. */
  list<Q extends CustomerListQuery = object>(
    query?: Q,
    options?: CallOptions,
  ): Promise<Result<CustomerPage<ListedRecord<Q>>>>;
  /** All customers that match, fetched page by page (100 each by default) as the loop goes on. */
  listAll<Q extends WalkQuery = object>(query?: Q, options?: CallOptions): AsyncGenerator<ListedRecord<Q>, void>;
  /** What changed since the round before, with what was deleted: for a copy that misses nothing. */
  changes(query?: ChangesQuery, options?: CallOptions): CustomerChanges;
  /** Changes the given fields; `null` clears one, an address is replaced whole, contacts have calls of their own. */
  update(uuid: string, patch: CustomerPatch, options?: WriteOptions): Promise<Result<Customer>>;
  /** Takes a customer out of every read and frees its email; `restore` brings it back. */
  delete(uuid: string, options?: WriteOptions): Promise<Result<DeletedRecord>>;
  /** Brings a deleted customer back; 409 `email_already_exists` when its email was taken meanwhile. */
  restore(uuid: string, options?: WriteOptions): Promise<Result<Customer>>;
  /**
   * Leaves nothing of a customer but that it was erased, also of a deleted one: contents, history, events, deliveries, kept
   * answers. It cannot be taken back. 503 `unavailable` where the former bytes could not be overwritten yet: call it again.
   */
  erase(uuid: string, options?: WriteOptions): Promise<Result<ErasedRecord>>;
  /** Everything that is kept of a customer, also of a deleted one, and what is left of one that was erased. */
  disclosure(uuid: string, options?: CallOptions): Promise<Result<Disclosure>>;
  /** Makes the customers of `from` (at most 10) part of the one that stays, which takes from them what it lacks. */
  merge(uuid: string, from: readonly string[], options?: MergeOptions): Promise<Result<MergeResult>>;
  /** Brings `other` back as it was before it was merged into the customer; 409 when its email was taken meanwhile. */
  unmerge(uuid: string, other: string, options?: WriteOptions): Promise<Result<UnmergeResult>>;
  /** Creates up to 100 customers; in partial mode look at each row's `success`. */
  bulkCreate(rows: readonly CustomerInput[], options?: BulkOptions): Promise<Result<BulkOutcome>>;
  /** Updates up to 100 customers, each row with its `uuid`; in partial mode look at each row's `success`. */
  bulkUpdate(rows: readonly (CustomerPatch & { uuid: string })[], options?: BulkOptions): Promise<Result<BulkOutcome>>;
  /**
   * Creates or updates up to 100 customers, each known by its `email` or `externalId`; in partial mode look at each row's
   * `success` and `outcome`. Contacts are for new customers.
   */
  bulkUpsert(
    by: 'email' | 'externalId',
    rows: readonly CustomerUpsertInput[],
    options?: BulkOptions,
  ): Promise<Result<BulkOutcome>>;
  /**
   * Creates or updates the customer with this id of your own system, in one atomic step.
   *
   * @throws {TypeError} for the ids `""`, `"."` and `".."`, which no URL can carry
   */
  upsertByExternalId(
    externalId: string,
    input: CustomerUpsertInput,
    options?: WriteOptions,
  ): Promise<Result<UpsertResult>>;
  /** Creates or updates the customer with this email, in one atomic step. */
  upsertByEmail(email: string, input: CustomerUpsertInput, options?: WriteOptions): Promise<Result<UpsertResult>>;
  /** For each of up to 100 customers the stored ones that may be the same; from a score of 0.9 on they are. Stores nothing. */
  match(customers: readonly MatchInput[], options?: CallOptions): Promise<Result<MatchResult[]>>;
  /** What may be the same as a stored customer, best first, at most 5. */
  duplicates(uuid: string, options?: CallOptions): Promise<Result<DuplicateCandidate[]>>;
  /** One page of the team's customers that may be one, in groups, strongest first. */
  duplicateGroups(query?: DuplicateGroupsQuery, options?: CallOptions): Promise<Result<DuplicateGroupsPage>>;
  /** Notes for good that a customer and up to 100 others are not the same; 404 `customer_not_found` names who is missing. */
  notDuplicates(uuid: string, uuids: readonly string[], options?: WriteOptions): Promise<Result<NotDuplicates>>;
  /**
   * Creates or updates any number of customers, 100 at a time, as one import that can be undone; gives what became of each row
   * in their order. Rows are taken as the loop goes on.
   */
  import(
    rows: Iterable<CustomerUpsertInput> | AsyncIterable<CustomerUpsertInput>,
    options?: ImportOptions,
  ): AsyncGenerator<ImportedRow, void>;
  /**
   * The team's customers as a file, all as they are at one moment, in pieces as they arrive. It is sent once, without retries;
   * where it throws, what came before is not the whole.
   */
  export(query?: ExportQuery, options?: CallOptions): AsyncGenerator<Uint8Array, void>;
}
