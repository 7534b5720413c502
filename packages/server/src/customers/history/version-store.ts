import { sql } from 'kysely';
import { statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { isErased } from '../erase/erased-body.js';

/** A version of a customer, as it was stored. */
export interface StoredVersion {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  /** Whether the customer was out of every read then. */
  readonly isDeleted: boolean;
  readonly madeBy: string | null;
  /** The customer as answered, JSON. */
  readonly body: string;
}

interface OfCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

const keepFormer = statement<OfCustomer>()(({ db, param }) =>
  db
    .insertInto('customer_versions')
    .columns(['team_id', 'customer_uuid', 'version', 'updated_at', 'is_deleted', 'made_by', 'import_uuid', 'body'])
    .expression(
      db
        .selectFrom('customers')
        .select(({ eb }) => [
          param('teamId').as('team_id'),
          'uuid',
          'version',
          'updated_at',
          eb.case().when('deleted_at', 'is', null).then(sql.lit(0)).else(sql.lit(1)).end().as('is_deleted'),
          'made_by',
          'import_uuid',
          'body',
        ])
        .where('team_id', '=', param('teamId'))
        .where('uuid', '=', param.uuid('uuid')),
    ),
);

const findCurrent = statement<OfCustomer>()(({ db, param }) =>
  db
    .selectFrom('customers')
    .select(['version', 'updated_at', 'deleted_at', 'made_by', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

const listFormer = statement<OfCustomer & { before: number; limit: number }>()(({ db, param }) =>
  db
    .selectFrom('customer_versions')
    .select(['version', 'updated_at', 'is_deleted', 'made_by', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid'))
    .where('version', '<', param('before'))
    .orderBy('version', 'desc')
    .limit(param('limit')),
);

const findFormerAt = statement<OfCustomer & { at: number }>()(({ db, param }) =>
  db
    .selectFrom('customer_versions')
    .select(['version', 'updated_at', 'is_deleted', 'made_by', 'body'])
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid'))
    .where('updated_at', '<=', param('at'))
    .orderBy('version', 'desc')
    .limit(sql.lit(1)),
);

/** Keeps what a customer is, before it is changed in the same transaction. */
export async function keepFormerVersion(tx: Transaction, customer: OfCustomer): Promise<void> {
  await tx.run(keepFormer, customer);
}

/** The version that a customer has now, deleted or not; undefined where there is no such customer, or it was erased. */
export async function findCurrentVersion(reader: Reader, customer: OfCustomer): Promise<StoredVersion | undefined> {
  const row = await reader.first(findCurrent, customer);
  if (row === undefined || isErased(row.body)) return undefined;
  const { version, updated_at, deleted_at, made_by, body } = row;
  return { version, updatedAt: updated_at, isDeleted: deleted_at !== null, madeBy: made_by, body };
}

/** Versions that a customer had before a version, newest first. */
export async function listFormerVersions(
  reader: Reader,
  page: OfCustomer & { readonly before: number; readonly limit: number },
): Promise<StoredVersion[]> {
  return (await reader.all(listFormer, page)).map(storedVersion);
}

/**
 * A customer as it was at a time, in milliseconds since 1970; undefined where there was none then. Of versions of the same
 * millisecond it is the last.
 */
export async function findVersionAt(
  reader: Reader,
  { at, ...customer }: OfCustomer & { readonly at: number },
): Promise<StoredVersion | undefined> {
  const current = await findCurrentVersion(reader, customer);
  if (current === undefined || current.updatedAt <= at) return current;
  const former = await reader.first(findFormerAt, { ...customer, at });
  return former === undefined ? undefined : storedVersion(former);
}

/** A version of a customer; undefined where it never had it, or it was made before there was a history. */
export async function findVersion(
  reader: Reader,
  { version, ...customer }: OfCustomer & { readonly version: number },
): Promise<StoredVersion | undefined> {
  const current = await findCurrentVersion(reader, customer);
  if (current === undefined || current.version === version) return current;
  const [former] = await listFormerVersions(reader, { ...customer, before: version + 1, limit: 1 });
  return former?.version === version ? former : undefined;
}

interface VersionRow {
  readonly version: number;
  readonly updated_at: number;
  readonly is_deleted: number;
  readonly made_by: string | null;
  readonly body: string;
}

function storedVersion({ version, updated_at, is_deleted, made_by, body }: VersionRow): StoredVersion {
  return { version, updatedAt: updated_at, isDeleted: is_deleted === 1, madeBy: made_by, body };
}
