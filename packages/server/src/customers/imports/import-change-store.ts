import { sql } from 'kysely';
import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { ImportKey } from './import-store.js';

type Selection = ImportKey & { readonly limit: number };
type OfCustomer = ImportKey & { readonly customerUuid: string };

const unchangedSince = statement<Selection>()(({ db, param }) =>
  db
    .selectFrom('customers')
    .select(['uuid', 'deleted_at'])
    .where('team_id', '=', param('teamId'))
    .where('import_uuid', '=', param.uuid('uuid'))
    .orderBy('uuid')
    .limit(param('limit')),
);

const changedSince = statement<Selection>()(({ db, param }) =>
  db
    .selectFrom('customer_versions')
    .select('customer_uuid')
    .distinct()
    .where('team_id', '=', param('teamId'))
    .where('import_uuid', '=', param.uuid('uuid'))
    .orderBy('customer_uuid')
    .limit(param('limit')),
);

const firstFormer = statement<OfCustomer>()(({ db, param }) =>
  db
    .selectFrom('customer_versions')
    .select(({ fn }) => fn.min<number | null>('version').as('version'))
    .where('team_id', '=', param('teamId'))
    .where('import_uuid', '=', param.uuid('uuid'))
    .where('customer_uuid', '=', param.uuid('customerUuid')),
);

const forgetFormer = statement<OfCustomer>()(({ db, param }) =>
  db
    .updateTable('customer_versions')
    .set({ import_uuid: sql.lit(null) })
    .where('team_id', '=', param('teamId'))
    .where('import_uuid', '=', param.uuid('uuid'))
    .where('customer_uuid', '=', param.uuid('customerUuid')),
);

const forgetCurrent = statement<OfCustomer>()(({ db, param }) =>
  db
    .updateTable('customers')
    .set({ import_uuid: sql.lit(null) })
    .where('team_id', '=', param('teamId'))
    .where('import_uuid', '=', param.uuid('uuid'))
    .where('uuid', '=', param.uuid('customerUuid')),
);

/** Customers whose version is still that of an import. */
export async function listUnchangedSince(tx: Transaction, selection: Selection): Promise<string[]> {
  return (await tx.all(unchangedSince, selection)).map(({ uuid }) => uuidText(uuid));
}

/** Customers that an import changed, and others since. */
export async function listChangedSince(tx: Transaction, selection: Selection): Promise<string[]> {
  return (await tx.all(changedSince, selection)).map(({ customer_uuid }) => uuidText(customer_uuid));
}

/** The first version of a customer that an import made, where it made more than the one that it has. */
export async function findFirstOfImport(tx: Transaction, key: OfCustomer): Promise<number | undefined> {
  return (await tx.first(firstFormer, key))?.version ?? undefined;
}

/** Takes a customer's versions off the list of what can still be taken back; its history still names the import. */
export async function forgetImportChanges(tx: Transaction, key: OfCustomer): Promise<void> {
  await tx.run(forgetFormer, key);
  await tx.run(forgetCurrent, key);
}
