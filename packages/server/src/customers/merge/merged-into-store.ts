import { statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';
import { type StoredUuid, uuidText } from '../../storage/uuid-text.js';

const findRow = statement<{ teamId: number; uuid: string }>()(({ db, param }) =>
  db
    .selectFrom('customers')
    .select('merged_into')
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

/** The UUID of the customer that another was merged into; undefined where it was not, or there is none. */
export async function findMergedInto(
  reader: Reader,
  customer: { readonly teamId: number; readonly uuid: string },
): Promise<string | undefined> {
  return mergedIntoOf(await reader.first(findRow, customer));
}

/** The UUID of the customer that the one of a row was merged into; undefined where it was not, or there is no row. */
export function mergedIntoOf(row: { readonly merged_into: StoredUuid | null } | undefined): string | undefined {
  const into = row?.merged_into ?? null;
  return into === null ? undefined : uuidText(into);
}
