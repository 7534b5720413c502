import { type Customer, PartnerError } from '@countersign/contract';
import type { TeamScope } from '../partner-api/write/verb-request.js';
import { emailKey, lostEmailKey } from '../storage/customers/email-key.js';
import { type StatementParts, statement } from '../storage/statement.js';
import { type CustomerInsert, type Reader, StaleTime, type Transaction, WriteConflict } from '../storage/storage.js';
import { customerNotFound } from './customer-not-found.js';
import { type CustomerRow, customerRow, parseCustomerBody, requireCustomerRow } from './customer-row.js';
import { isErased } from './erase/erased-body.js';
import { type HistoryAction, madeByText } from './history/made-by.js';
import { keepFormerVersion } from './history/version-store.js';
import { findMergedInto, mergedIntoOf } from './merge/merged-into-store.js';

/** A stored customer's object as answered, with the version for its entity tag. */
export interface StoredBody {
  readonly body: string;
  readonly version: number;
}

/** Reads of one team's customers. Without a team there is no reader, so that scoping can't be forgotten. */
export interface CustomerReader {
  /** @throws PartnerError `customer_not_found`, which tells what it was merged into */
  requireByUuid(uuid: string): Promise<StoredBody>;
  /** Exact, without regard to case. */
  findByEmail(email: string): Promise<StoredBody | undefined>;
  findByExternalId(externalId: string): Promise<StoredBody | undefined>;
}

/** A customer as it was read in the transaction, and as it is to be. */
export interface CustomerChange {
  readonly before: Customer;
  readonly after: Customer;
  /** What the history calls it, where that is not what the change is called. */
  readonly action?: HistoryAction;
}

/** A customer that may be out of every read. */
export interface FoundCustomer {
  readonly customer: Customer;
  readonly isDeleted: boolean;
  /** The customer that it was merged into. */
  readonly mergedInto: string | undefined;
}

/**
 * Reads and writes of one team's customers inside a transaction. What is read by it is locked. Who changes one appends the
 * event for webhooks.
 */
export interface CustomerStore extends CustomerReader {
  /** A customer that nobody else changes until the transaction ends. @throws PartnerError `customer_not_found` */
  require(uuid: string): Promise<Customer>;
  /** The same for a customer that may be deleted; undefined where there is none, or it was erased. */
  findWithDeleted(uuid: string): Promise<FoundCustomer | undefined>;
  /**
   * Stores a new customer with its event, and gives it as it is stored, which may be with a later time.
   *
   * @throws PartnerError `email_already_exists`, `external_id_already_exists`
   */
  insert(row: CustomerRow, eventOf: CustomerInsert['eventOf']): Promise<CustomerRow>;
  /**
   * Stores new customers, each by itself.
   *
   * @returns for each row, in their order, what {@link CustomerStore.insert} would give or throw
   */
  insertAll(
    rows: readonly CustomerRow[],
    eventOf: CustomerInsert['eventOf'],
  ): Promise<readonly (CustomerRow | PartnerError)[]>;
  /** Stores those of new customers whose email and external id are free, and gives them by UUID, as they were stored. */
  insertNew(
    rows: readonly CustomerRow[],
    eventOf: CustomerInsert['eventOf'],
  ): Promise<ReadonlyMap<string, CustomerRow>>;
  /**
   * Stores a customer as it is now.
   *
   * @throws PartnerError `email_already_exists`, `external_id_already_exists`, `validation_error` for one that is too large
   */
  update(change: CustomerChange): Promise<CustomerRow>;
  /** Makes a deleted customer live again. @throws PartnerError `email_already_exists`, `external_id_already_exists` */
  restore(change: CustomerChange): Promise<CustomerRow>;
  /** Takes a customer out of every read, and frees its email. */
  markDeleted(change: CustomerChange & { readonly mergedInto?: string }, now: Date): Promise<CustomerRow>;
}

interface Scoped {
  readonly teamId: number;
}

/** How a version is stored beside its row. */
interface Stored {
  readonly action: HistoryAction;
  /** When it went out of every read. */
  readonly deletedAt?: number | null;
  readonly mergedInto?: string | null | undefined;
}

/** How each read begins: with the team, so that none can be written without it. */
const teamBodies = <P extends Scoped>({ db, param }: StatementParts<P>) =>
  db.selectFrom('customers').select(['body', 'version']).where('team_id', '=', param('teamId'));

const findByUuid = statement<Scoped & { uuid: string }>()((parts) =>
  teamBodies(parts).where('uuid', '=', parts.param.uuid('uuid')).where('deleted_at', 'is', null),
);

const lockByUuid = statement<Scoped & { uuid: string }>()((parts) =>
  parts.dialect.forUpdate(
    teamBodies(parts).select(['deleted_at', 'merged_into']).where('uuid', '=', parts.param.uuid('uuid')),
  ),
);

const findByEmail = statement<Scoped & { emailKey: string }>()((parts) =>
  teamBodies(parts).where('email_key', '=', parts.param('emailKey')).where('deleted_at', 'is', null),
);

const lockByEmail = statement<Scoped & { emailKey: string }>()((parts) =>
  parts.dialect.forUpdate(
    teamBodies(parts).where('email_key', '=', parts.param('emailKey')).where('deleted_at', 'is', null),
  ),
);

const findByExternalId = statement<Scoped & { externalId: string }>()((parts) =>
  teamBodies(parts).where('external_id', '=', parts.param('externalId')).where('deleted_at', 'is', null),
);

const lockByExternalId = statement<Scoped & { externalId: string }>()((parts) =>
  parts.dialect.forUpdate(
    teamBodies(parts).where('external_id', '=', parts.param('externalId')).where('deleted_at', 'is', null),
  ),
);

const keepByEmail = statement<Scoped & { emailKey: string }>()((parts) =>
  parts.dialect.forKeyShare(
    teamBodies(parts).where('email_key', '=', parts.param('emailKey')).where('deleted_at', 'is', null),
  ),
);

const keepByExternalId = statement<Scoped & { externalId: string }>()((parts) =>
  parts.dialect.forKeyShare(
    teamBodies(parts).where('external_id', '=', parts.param('externalId')).where('deleted_at', 'is', null),
  ),
);

const updateCustomer = statement<
  Scoped &
    CustomerRow & { deletedAt: number | null; mergedInto: string | null; madeBy: string; importUuid: string | null }
>()(({ db, param, dialect }) =>
  db
    .updateTable('customers')
    .set({
      status: param('status'),
      updated_at: param('updatedAt'),
      deleted_at: param('deletedAt'),
      version: param('version'),
      name_key: param('nameKey'),
      email_key: param('emailKey'),
      phone_key: param('phoneKey'),
      search_text: param('searchText'),
      keyed_version: param('version'),
      external_id: param('externalId'),
      made_by: param('madeBy'),
      import_uuid: param.uuid('importUuid'),
      merged_into: param.uuid('mergedInto'),
      body: param('body'),
    })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid'))
    .where(dialect.isTimely(param('updatedAt'))),
);

/** Reads of one team's customers. */
export function customerReader(reader: Reader, teamId: number): CustomerReader {
  return {
    requireByUuid: async (uuid) => {
      const found = await reader.first(findByUuid, { teamId, uuid });
      if (found === undefined) throw customerNotFound(await findMergedInto(reader, { teamId, uuid }));
      return found;
    },
    findByEmail: (email) => reader.first(findByEmail, { teamId, emailKey: emailKey(email) }),
    findByExternalId: (externalId) => reader.first(findByExternalId, { teamId, externalId }),
  };
}

// Whoever holds an email or an external id that another wants stays what it is until the refusal, which names both, is kept.
function holderReader(tx: Transaction, teamId: number): CustomerReader {
  return {
    ...customerReader(tx, teamId),
    findByEmail: (email) => tx.first(keepByEmail, { teamId, emailKey: emailKey(email) }),
    findByExternalId: (externalId) => tx.first(keepByExternalId, { teamId, externalId }),
  };
}

/** Reads and writes of one team's customers inside a transaction. */
export function customerStore(tx: Transaction, { teamId, author, ...scope }: TeamScope): CustomerStore {
  const importUuid = scope.importUuid ?? null;
  const reader = holderReader(tx, teamId);
  const requireByUuid = async (uuid: string) => {
    const found = await tx.first(lockByUuid, { teamId, uuid });
    if (found?.deleted_at === null) return found;
    throw customerNotFound(mergedIntoOf(found));
  };
  const store = async (made: CustomerRow, { action, deletedAt = null, mergedInto = null }: Stored) => {
    await keepFormerVersion(tx, { teamId, uuid: made.uuid });
    const row = { ...made, madeBy: madeByText(importUuid === null ? action : 'imported', author), importUuid };
    // The row is locked, so that nothing but its time can be in the way.
    if ((await tx.run(updateCustomer, { teamId, deletedAt, mergedInto, ...row })) === 0) {
      throw new StaleTime('a change of a customer carries a time that is too old');
    }
    return row;
  };
  const insertNew: CustomerStore['insertNew'] = (rows, eventOf) => {
    const madeBy = madeByText(importUuid === null ? 'created' : 'imported', author);
    return tx.insertCustomers({ teamId, rows: rows.map((row) => ({ ...row, madeBy, importUuid, eventOf })) });
  };
  const insertAll: CustomerStore['insertAll'] = async (rows, eventOf) => {
    const stored = await insertNew(rows, eventOf);
    const outcomes: (CustomerRow | PartnerError)[] = [];
    for (const row of rows) outcomes.push(stored.get(row.uuid) ?? (await refusalOf(reader, row)));
    return outcomes;
  };
  return {
    requireByUuid,
    findByEmail: (email) => tx.first(lockByEmail, { teamId, emailKey: emailKey(email) }),
    findByExternalId: (externalId) => tx.first(lockByExternalId, { teamId, externalId }),
    async require(uuid) {
      return parseCustomerBody((await requireByUuid(uuid)).body);
    },
    async findWithDeleted(uuid) {
      const found = await tx.first(lockByUuid, { teamId, uuid });
      if (found === undefined || isErased(found.body)) return undefined;
      return {
        customer: parseCustomerBody(found.body),
        isDeleted: found.deleted_at !== null,
        mergedInto: mergedIntoOf(found),
      };
    },
    async insert(row, eventOf) {
      const [outcome] = await insertAll([row], eventOf);
      if (outcome === undefined) throw new Error('a new customer has no outcome');
      if (outcome instanceof PartnerError) throw outcome;
      return outcome;
    },
    insertAll,
    insertNew,
    async update({ before, after, action = 'updated' }) {
      const made = requireCustomerRow(after);
      const row = { ...made, emailKey: await keptEmailKey(reader, { before, after }) };
      await refuseTakenId(reader, after);
      await tx.moveCount({ teamId, from: before.status, to: after.status });
      return store(row, { action });
    },
    async restore({ after, action = 'restored' }) {
      await refuseTaken(reader, after);
      await tx.moveCount({ teamId, from: null, to: after.status });
      return store(customerRow(after), { action });
    },
    async markDeleted({ before, after, action = 'deleted', mergedInto }, now) {
      await tx.moveCount({ teamId, from: before.status, to: null });
      return store(customerRow(after), { action, deletedAt: now.getTime(), mergedInto });
    },
  };
}

// Why a new customer was not stored.
async function refusalOf(reader: CustomerReader, row: CustomerRow): Promise<PartnerError> {
  try {
    await refuseTaken(reader, parseCustomerBody(row.body));
  } catch (error) {
    if (error instanceof PartnerError) return error;
    throw error;
  }
  // Whoever held its email or external id has let go of it since.
  throw new WriteConflict('a new customer collided with a record that has neither its email nor its external id');
}

// Refuses a customer whose email or external id another live customer of the team holds.
async function refuseTaken(reader: CustomerReader, customer: Customer): Promise<void> {
  const holder = await findEmailHolder(reader, customer);
  if (holder !== undefined) throw emailTaken(customer, holder);
  await refuseTakenId(reader, customer);
}

// The key of a changed customer's email. One that has lost its key to another may go on without it, or gets it back.
async function keptEmailKey(reader: CustomerReader, { before, after }: CustomerChange): Promise<string> {
  const key = emailKey(after.email);
  const holder = await findEmailHolder(reader, after);
  if (holder === undefined) return key;
  if (key !== emailKey(before.email)) throw emailTaken(after, holder);
  return lostEmailKey(key, after.uuid);
}

/** The other customer that holds a customer's email, by its UUID. */
async function findEmailHolder(reader: CustomerReader, { email, uuid }: Customer): Promise<string | undefined> {
  const holder = uuidOf(await reader.findByEmail(email));
  return holder === uuid ? undefined : holder;
}

function emailTaken({ email }: Customer, existingCustomerUuid: string): PartnerError {
  return new PartnerError('email_already_exists', undefined, { details: { email, existingCustomerUuid } });
}

async function refuseTakenId(reader: CustomerReader, { externalId, uuid }: Customer): Promise<void> {
  if (externalId === null) return;
  const idHolder = uuidOf(await reader.findByExternalId(externalId));
  if (idHolder !== undefined && idHolder !== uuid) {
    throw new PartnerError('external_id_already_exists', undefined, {
      details: { externalId, existingCustomerUuid: idHolder },
    });
  }
}

function uuidOf(stored: StoredBody | undefined): string | undefined {
  return stored === undefined ? undefined : parseCustomerBody(stored.body).uuid;
}
