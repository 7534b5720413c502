import type { Customer } from '@countersign/contract';
import { statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';

/** What a customer got from one that was merged into it, and had in place of it. */
export interface Taken {
  /** Whole fields by name. */
  readonly fields: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  readonly contacts: Customer['contacts'];
  readonly metadata: Customer['metadata'];
  /** The notes that were put behind others, and where: UTF-16 units from the start. */
  readonly notes: { readonly at: number; readonly text: string } | null;
}

/** A customer that is merged into another one now. */
export interface StoredMerge {
  readonly teamId: number;
  readonly uuid: string;
  readonly into: string;
  /** The version that the other one got by it. */
  readonly intoVersion: number;
  readonly taken: Taken;
}

const insertMerge = statement<{ teamId: number; uuid: string; into: string; intoVersion: number; taken: string }>()(
  ({ db, param }) =>
    db.insertInto('customer_merges').values({
      team_id: param('teamId'),
      customer_uuid: param.uuid('uuid'),
      into_uuid: param.uuid('into'),
      into_version: param('intoVersion'),
      taken: param('taken'),
    }),
);

const updateTaken = statement<{ teamId: number; uuid: string; taken: string }>()(({ db, param }) =>
  db
    .updateTable('customer_merges')
    .set({ taken: param('taken') })
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid')),
);

const removeMerge = statement<{ teamId: number; uuid: string }>()(({ db, param }) =>
  db
    .deleteFrom('customer_merges')
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid')),
);

const listMerges = statement<{ teamId: number; into: string }>()(({ db, param }) =>
  db
    .selectFrom('customer_merges')
    .select(['customer_uuid', 'into_version', 'taken'])
    .where('team_id', '=', param('teamId'))
    .where('into_uuid', '=', param.uuid('into'))
    .orderBy('into_version'),
);

/** Keeps what a merge took from a customer. */
export async function keepMerge(tx: Transaction, merge: StoredMerge): Promise<void> {
  await dropMerge(tx, merge);
  await tx.run(insertMerge, { ...merge, taken: JSON.stringify(merge.taken) });
}

/** Keeps what an earlier merge took otherwise. */
export async function changeMerge(tx: Transaction, { teamId, uuid, taken }: StoredMerge): Promise<void> {
  await tx.run(updateTaken, { teamId, uuid, taken: JSON.stringify(taken) });
}

/** Forgets a merge. */
export async function dropMerge(
  tx: Transaction,
  { teamId, uuid }: Pick<StoredMerge, 'teamId' | 'uuid'>,
): Promise<void> {
  await tx.run(removeMerge, { teamId, uuid });
}

/** The customers that are merged into one, which is locked, the first first. */
export async function listMergesInto(
  reader: Reader,
  { teamId, into }: Pick<StoredMerge, 'teamId' | 'into'>,
): Promise<StoredMerge[]> {
  const rows = await reader.all(listMerges, { teamId, into });
  return rows.map(({ customer_uuid, into_version, taken }) => ({
    teamId,
    uuid: uuidText(customer_uuid),
    into,
    intoVersion: into_version,
    taken: parseTaken(taken),
  }));
}

function parseTaken(text: string): Taken {
  const taken: Taken = JSON.parse(text);
  return taken;
}
