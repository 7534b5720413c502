import { PartnerError } from '@countersign/contract';
import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import type { Answer, ImportCounts } from './answer.js';

/** An import of a team. */
interface ImportKey {
  readonly teamId: number;
  readonly importUuid: string;
}

const addCounts = statement<ImportKey & ImportCounts>()(({ db, param }) =>
  db
    .updateTable('imports')
    .set((row) => ({
      created: row('created', '+', param('created')),
      updated: row('updated', '+', param('updated')),
      unchanged: row('unchanged', '+', param('unchanged')),
      failed: row('failed', '+', param('failed')),
    }))
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('importUuid'))
    .where('status', '=', 'running'),
);

const findStatus = statement<ImportKey>()(({ db, param }) =>
  db
    .selectFrom('imports')
    .select('status')
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('importUuid')),
);

/**
 * Counts what a write did to the import that it belongs to. The last that a transaction does, since others of the import wait.
 *
 * @throws PartnerError `import_not_found`; `import_finished` for one that takes no more writes
 */
export async function countImport(tx: Transaction, key: ImportKey, counts: ImportCounts): Promise<void> {
  if ((await tx.run(addCounts, { ...key, ...counts })) > 0) return;
  throw new PartnerError((await tx.first(findStatus, key)) === undefined ? 'import_not_found' : 'import_finished');
}

/** What a write came to that tells nothing of it itself: whether it made a customer, changed one, or did nothing. */
export function countsOf({ imported, headers }: Answer, hasChanged: boolean): ImportCounts {
  if (imported !== undefined) return imported;
  const outcome = hasChanged ? (headers.location === undefined ? 'updated' : 'created') : 'unchanged';
  return { created: 0, updated: 0, unchanged: 0, failed: 0, [outcome]: 1 };
}
