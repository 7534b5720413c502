import type { Customer } from '@countersign/contract';
import { sql } from 'kysely';
import { statement } from '../../storage/statement.js';
import { type Reader, StaleTime, type Transaction } from '../../storage/storage.js';
import { parseCustomerBody } from '../customer-row.js';
import { ERASED_STATUS, type ErasedBody, erasedBody } from './erased-body.js';

interface OfCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

const lockCustomer = statement<OfCustomer>()(({ db, param, dialect }) =>
  dialect.forUpdate(
    db
      .selectFrom('customers')
      .select(['deleted_at', 'body'])
      .where('team_id', '=', param('teamId'))
      .where('uuid', '=', param.uuid('uuid')),
  ),
);

const listBodies = statement<OfCustomer & { before: number; limit: number }>()(({ db, param }) =>
  db
    .selectFrom('customer_versions')
    .select(['version', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid'))
    .where('version', '<', param('before'))
    .orderBy('version', 'desc')
    .limit(param('limit')),
);

// Each pair stands in both directions.
const deletePairsOfOthers = statement<OfCustomer>()(({ db, param }) => {
  const others = db.selectFrom('customer_pairs').select('other_uuid').where('team_id', '=', param('teamId'));
  return db
    .deleteFrom('customer_pairs')
    .where('team_id', '=', param('teamId'))
    .where('other_uuid', '=', param.uuid('uuid'))
    .where('uuid', 'in', others.where('uuid', '=', param.uuid('uuid')));
});

const deleteDeclaredOfOthers = statement<OfCustomer>()(({ db, param }) => {
  const others = db.selectFrom('customer_not_duplicates').select('other_uuid').where('team_id', '=', param('teamId'));
  return db
    .deleteFrom('customer_not_duplicates')
    .where('team_id', '=', param('teamId'))
    .where('other_uuid', '=', param.uuid('uuid'))
    .where('uuid', 'in', others.where('uuid', '=', param.uuid('uuid')));
});

const deleteOwn = (['customer_match_keys', 'customer_pairs', 'customer_not_duplicates'] as const).map((table) =>
  statement<OfCustomer>()(({ db, param }) =>
    db.deleteFrom(table).where('team_id', '=', param('teamId')).where('uuid', '=', param.uuid('uuid')),
  ),
);

const deleteVersions = statement<OfCustomer>()(({ db, param }) =>
  db
    .deleteFrom('customer_versions')
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid')),
);

// They are deleted then, and can be restored: there is nothing to unmerge them from.
const freeMerged = statement<OfCustomer>()(({ db, param }) => {
  const merges = db.selectFrom('customer_merges').select('customer_uuid').where('team_id', '=', param('teamId'));
  return db
    .updateTable('customers')
    .set({ merged_into: null })
    .where('team_id', '=', param('teamId'))
    .where('merged_into', '=', param.uuid('uuid'))
    .where('uuid', 'in', merges.where('into_uuid', '=', param.uuid('uuid')));
});

const deleteMerges = statement<OfCustomer>()(({ db, param }) =>
  db
    .deleteFrom('customer_merges')
    .where('team_id', '=', param('teamId'))
    .where((row) => row.or([row('customer_uuid', '=', param.uuid('uuid')), row('into_uuid', '=', param.uuid('uuid'))])),
);

const eraseRow = statement<OfCustomer & { version: number; updatedAt: number; deletedAt: number; body: string }>()(
  ({ db, param, dialect }) =>
    db
      .updateTable('customers')
      .set({
        status: sql.lit(ERASED_STATUS),
        updated_at: param('updatedAt'),
        deleted_at: param('deletedAt'),
        version: param('version'),
        name_key: sql.lit(''),
        email_key: sql.lit(''),
        phone_key: sql.lit(''),
        search_text: sql.lit(''),
        keyed_version: param('version'),
        external_id: null,
        made_by: null,
        import_uuid: null,
        merged_into: null,
        body: param('body'),
      })
      .where('team_id', '=', param('teamId'))
      .where('uuid', '=', param.uuid('uuid'))
      .where(dialect.isTimely(param('updatedAt'))),
);

/** Versions read at once. */
const READ_VERSIONS = 100;

/** A customer to erase, as it was found. */
export interface FoundRow {
  /** Milliseconds since 1970; null for a live one. */
  readonly deletedAt: number | null;
  readonly body: string;
}

/** Locks a customer, live or not, against every other change; undefined where there is none. */
export async function findToErase(tx: Transaction, customer: OfCustomer): Promise<FoundRow | undefined> {
  const row = await tx.first(lockCustomer, customer);
  return row === undefined ? undefined : { deletedAt: row.deleted_at, body: row.body };
}

/** What a customer and its contacts are known by, to be added to. */
interface Names {
  readonly uuids: Set<string>;
  readonly emails: Set<string>;
}

/** What a customer and its contacts are known by, now and in every version there was. */
export async function listNames(reader: Reader, teamId: number, customer: Customer): Promise<Names> {
  const names = { uuids: new Set<string>(), emails: new Set<string>() };
  addNames(names, customer);
  for (let before = customer.version; ; ) {
    const rows = await reader.all(listBodies, { teamId, uuid: customer.uuid, before, limit: READ_VERSIONS });
    for (const { body } of rows) addNames(names, parseCustomerBody(body));
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_VERSIONS) return names;
    before = last.version;
  }
}

function addNames({ uuids, emails }: Names, customer: Customer): void {
  uuids.add(customer.uuid);
  for (const { uuid } of customer.contacts) uuids.add(uuid);
  for (const { email } of [customer, ...customer.contacts]) if (email !== null) emails.add(email.toLowerCase());
}

/** Deletes the history of a customer, what merges took of it and gave it, and what tells who may be the same and who is not. */
export async function deleteBesideRow(tx: Transaction, customer: OfCustomer): Promise<void> {
  for (const deletion of [
    deleteVersions,
    freeMerged,
    deleteMerges,
    deletePairsOfOthers,
    deleteDeclaredOfOthers,
    ...deleteOwn,
  ]) {
    await tx.run(deletion, customer);
  }
}

/** Leaves of a customer's row what tells that it was erased, and frees its email and external id. */
export async function eraseCustomerRow(
  tx: Transaction,
  { teamId, deletedAt, ...left }: ErasedBody & { readonly teamId: number; readonly deletedAt: number },
): Promise<void> {
  const { uuid, version, updatedAt } = left;
  const row = { teamId, uuid, version, deletedAt, updatedAt: Date.parse(updatedAt), body: erasedBody(left) };
  // The row is locked, so that nothing but its time can be in the way.
  if ((await tx.run(eraseRow, row)) === 0) throw new StaleTime('an erasure carries a time that is too old');
}
