import type { CustomerSelection, ListPosition, ListRow } from '../storage.js';
import { type StoredUuid, uuidText } from '../uuid-text.js';

/** A record of a list as it is read; the times are there where deleted ones are listed. */
export interface ReadRecord {
  readonly body: string | null;
  readonly deletedAt?: number | null;
  readonly updatedAt?: number;
  readonly mergedInto?: StoredUuid | null;
}

/** The row of a record at its position. */
export function listRow(
  { body, deletedAt, updatedAt, mergedInto = null }: ReadRecord,
  position: ListPosition,
): ListRow {
  if (body !== null) return { record: body, position };
  if (typeof deletedAt !== 'number' || updatedAt === undefined) throw new Error('a listed record has no contents');
  const record = {
    uuid: uuidText(Buffer.from(position.uuid, 'hex')),
    deletedAt,
    updatedAt,
    mergedInto: mergedInto === null ? null : uuidText(mergedInto),
  };
  return { record, position };
}

/** Whether a record that is listed is live or deleted; each has indexes of its own. */
export type RecordState = 'live' | 'deleted';

/** The states of what is listed. */
export function listedStates({ includeDeleted }: CustomerSelection): readonly RecordState[] {
  return includeDeleted === true ? ['live', 'deleted'] : ['live'];
}
