import type { BulkResult, Contact, Customer, UpsertOutcome } from '@countersign/contract';
import type { ClientOptions } from '../client-settings.js';
import { type Client, createClient } from '../create-client.js';
import type { Result } from '../sending/read-result.js';
import type { ContactsApi } from './contacts-api.js';
import type { BulkOutcome, CustomersApi, MergeResult, UnmergeResult, UpsertResult } from './customers-api.js';

/** What a write tells a token that has `customers:write` and not `customers:read`, contract §4. */
export interface WriteReceipt {
  /** Of the customer, or of the contact that was written. */
  readonly uuid: string;
  /** Of the customer. */
  readonly version: number;
  /** `unchanged` is said of a create-or-update alone. */
  readonly outcome: UpsertOutcome;
}

/** What became of one row of a bulk call, told to such a token. */
export type BulkReceipt =
  | (WriteReceipt & { readonly index: number; readonly success: true })
  | Extract<BulkResult, { success: false }>;

/** What became of each row of a bulk call, told to such a token. */
export type BulkReceipts = Omit<BulkOutcome, 'results'> & { readonly results: BulkReceipt[] };

/** What came of a merge, told to such a token. */
export type MergeReceipt = WriteReceipt & Omit<MergeResult, 'customer'>;

type Told<R> = R extends Result<Customer> | Result<Contact> | Result<UpsertResult> | Result<UnmergeResult>
  ? Result<WriteReceipt>
  : R extends Result<BulkOutcome>
    ? Result<BulkReceipts>
    : R extends Result<MergeResult>
      ? Result<MergeReceipt>
      : R;

type WriteOnly<Api> = {
  readonly [Call in keyof Api]: Api[Call] extends (...input: infer I) => Promise<infer R>
    ? (...input: I) => Promise<Told<R>>
    : Api[Call];
};

type Reads =
  | 'export'
  | 'get'
  | 'findByEmail'
  | 'findIfChanged'
  | 'list'
  | 'listAll'
  | 'match'
  | 'duplicates'
  | 'duplicateGroups';

/** The calls of a token that writes and does not read. */
export interface WriteOnlyClient extends Pick<Client, 'request'> {
  /** Writes of customers, which tell their UUID, version and outcome alone. */
  readonly customers: WriteOnly<Omit<CustomersApi, Reads>>;
  /** Writes of contacts; the UUID told is the contact's, the version its customer's. */
  readonly contacts: WriteOnly<Omit<ContactsApi, 'list'>>;
}

/**
 * A client for a token with `customers:write` and without `customers:read`: the same calls, typed as what they are told.
 *
 * @throws {TypeError} that names the option at fault
 */
export function createWriteOnlyClient(options: ClientOptions): WriteOnlyClient {
  return told(createClient(options));
}

// The calls are the same; the server tells such a token less.
function told(client: Client): WriteOnlyClient {
  return client as unknown as WriteOnlyClient;
}
