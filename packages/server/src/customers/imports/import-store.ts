import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { TimePlace } from '../../validation/time-cursor.js';

/** Whether an import takes writes, is done, or is being taken back, or was. */
export type ImportStatus = 'running' | 'finished' | 'undoing' | 'undone';

/** An import as it is stored. */
export interface StoredImport {
  readonly uuid: string;
  readonly name: string;
  readonly total: number | null;
  readonly status: ImportStatus;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly author: string;
}

/** An import of a team. */
export interface ImportKey {
  readonly teamId: number;
  readonly uuid: string;
}

const rows = <P extends { readonly teamId: number }>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('imports')
    .select(['uuid', 'name', 'total', 'status', 'created', 'updated', 'unchanged', 'failed', 'created_at', 'author'])
    .where('team_id', '=', param('teamId'));

const findOne = statement<ImportKey>()((parts) => rows(parts).where('uuid', '=', parts.param.uuid('uuid')));

const lockOne = statement<ImportKey>()((parts) =>
  parts.dialect.forUpdate(rows(parts).where('uuid', '=', parts.param.uuid('uuid'))),
);

const listNewest = statement<TimePlace & { teamId: number; limit: number }>()((parts) =>
  rows(parts)
    .where((row) =>
      row.or([
        row('created_at', '<', parts.param('createdAt')),
        row.and([row('created_at', '=', parts.param('createdAt')), row('uuid', '<', parts.param.uuid('uuid'))]),
      ]),
    )
    .orderBy('created_at', 'desc')
    .orderBy('uuid', 'desc')
    .limit(parts.param('limit')),
);

const insertOne = statement<ImportKey & Pick<StoredImport, 'name' | 'total' | 'createdAt' | 'author'>>()(
  ({ db, param }) =>
    db.insertInto('imports').values({
      team_id: param('teamId'),
      uuid: param.uuid('uuid'),
      name: param('name'),
      total: param('total'),
      status: 'running',
      created: sql.lit(0),
      updated: sql.lit(0),
      unchanged: sql.lit(0),
      failed: sql.lit(0),
      created_at: param('createdAt'),
      author: param('author'),
    }),
);

const setStatus = statement<ImportKey & { status: ImportStatus }>()(({ db, param }) =>
  db
    .updateTable('imports')
    .set({ status: param('status') })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

/** An import of a team, or undefined. */
export async function findImport(reader: Reader, key: ImportKey): Promise<StoredImport | undefined> {
  const row = await reader.first(findOne, key);
  return row === undefined ? undefined : storedImport(row);
}

/** The same, and nobody else changes it until the transaction ends. */
export async function findLockedImport(tx: Transaction, key: ImportKey): Promise<StoredImport | undefined> {
  const row = await tx.first(lockOne, key);
  return row === undefined ? undefined : storedImport(row);
}

/** Imports of a team behind a place, newest first. */
export async function listNewestImports(
  reader: Reader,
  page: TimePlace & { readonly teamId: number; readonly limit: number },
): Promise<StoredImport[]> {
  return (await reader.all(listNewest, page)).map(storedImport);
}

/** Stores a new import. */
export async function insertImport(
  tx: Transaction,
  made: ImportKey & Pick<StoredImport, 'name' | 'total' | 'createdAt' | 'author'>,
): Promise<void> {
  await tx.run(insertOne, made);
}

/** Gives an import another status. */
export async function setImportStatus(
  tx: Transaction,
  change: ImportKey & { readonly status: ImportStatus },
): Promise<void> {
  await tx.run(setStatus, change);
}

interface ImportRow extends Omit<StoredImport, 'uuid' | 'status' | 'createdAt'> {
  readonly uuid: Parameters<typeof uuidText>[0];
  readonly status: string;
  readonly created_at: number;
}

function storedImport({ uuid, status, created_at, ...rest }: ImportRow): StoredImport {
  return { ...rest, uuid: uuidText(uuid), status: statusOf(status), createdAt: created_at };
}

function statusOf(text: string): ImportStatus {
  const status = (['running', 'finished', 'undoing', 'undone'] as const).find((one) => one === text);
  if (status === undefined) throw new Error('an import has a status that is none');
  return status;
}
