import { sql } from 'kysely';
import { LOST_KEY_END, LOST_MARK, lostEmailKey } from '../storage/customers/email-key.js';
import { HAS_OLDER_KEYS, IS_INTERNATIONAL } from '../storage/customers/older-terms.js';
import { type StatementParts, statement } from '../storage/statement.js';
import { command, type Reader, type Transaction } from '../storage/storage.js';
import { uuidText } from '../storage/uuid-text.js';
import { type CustomerRow, customerRow, parseCustomerBody } from './customer-row.js';

/** Rows that get new keys in one transaction. */
const STEP_ROWS = 100;
/** Most customers without a key that are told of. */
const TOLD_ROWS = 100;

const hasOlderKeys = sql.raw<boolean>(HAS_OLDER_KEYS);
const isInternational = sql.raw<boolean>(IS_INTERNATIONAL);

/** Rows of an earlier version; sorted as only their index is, since the server may think that nearly all are such ones. */
const staleRows = ({ db }: StatementParts<object>) =>
  db
    .selectFrom('customers')
    .select(['team_id', 'uuid'])
    .where(hasOlderKeys)
    .orderBy('team_id')
    .orderBy('keyed_version')
    .orderBy('uuid')
    .limit(STEP_ROWS);

const FIND_STALE = {
  all: statement<object>()(staleRows),
  emails: statement<object>()((parts) => staleRows(parts).where(isInternational)),
};

const lockStale = statement<{ teamId: number; uuid: string }>()(({ db, param, dialect }) =>
  dialect.forUpdate(
    db
      .selectFrom('customers')
      .select(['deleted_at', 'email_key', 'body'])
      .where('team_id', '=', param('teamId'))
      .where('uuid', '=', param.uuid('uuid'))
      .where(hasOlderKeys),
  ),
);

const findHolder = statement<{ teamId: number; emailKey: string }>()(({ db, param, dialect }) =>
  dialect.forUpdate(
    db
      .selectFrom('customers')
      .select(['uuid', 'created_at'])
      .where('team_id', '=', param('teamId'))
      .where('email_key', '=', param('emailKey'))
      .where('deleted_at', 'is', null),
  ),
);

const setKeys = statement<{ teamId: number } & CustomerRow>()(({ db, param }) =>
  db
    .updateTable('customers')
    .set({
      name_key: param('nameKey'),
      email_key: param('emailKey'),
      phone_key: param('phoneKey'),
      search_text: param('searchText'),
      keyed_version: sql<number>`version`,
    })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

const setEmailKey = statement<{ teamId: number; uuid: string; emailKey: string }>()(({ db, param }) =>
  db
    .updateTable('customers')
    .set({ email_key: param('emailKey') })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

/** Customers of one team that an earlier version wrote. */
export interface RekeyCustomers {
  readonly teamId: number;
  readonly uuids: readonly string[];
}

/**
 * Finds some of the customers that an earlier version wrote and that have no new keys, by team: of all, or of those whose
 * email may have another key.
 */
export async function findStaleCustomers(reader: Reader, only: keyof typeof FIND_STALE): Promise<RekeyCustomers[]> {
  const byTeam = new Map<number, string[]>();
  for (const { team_id: teamId, uuid } of await reader.all(FIND_STALE[only], {})) {
    byTeam.set(teamId, [...(byTeam.get(teamId) ?? []), uuidText(uuid)]);
  }
  return [...byTeam].map(([teamId, uuids]) => ({ teamId, uuids }));
}

/**
 * Gives customers that an earlier version wrote their keys. Nothing of them changes that anybody is answered, so they keep
 * version and times, and no event tells of it. Where two that are live come to one email key, the older has it, and the
 * younger one that nobody can ask for.
 */
export const rekeyCustomers = command<RekeyCustomers, void>({
  name: 'rekey-customers',
  locksRows: true,
  run: async (tx, { teamId, uuids }) => {
    const locked = await Promise.all(uuids.map((uuid) => tx.first(lockStale, { teamId, uuid })));
    const updates: Promise<unknown>[] = [];
    for (const found of locked) {
      // Somebody else has been at it meanwhile.
      if (found === undefined) continue;
      const row = { teamId, ...customerRow(parseCustomerBody(found.body)) };
      const keepsKey = found.deleted_at !== null || row.emailKey === found.email_key;
      const update = tx.run(setKeys, keepsKey ? row : { ...row, emailKey: await winKey(tx, row) });
      if (keepsKey) updates.push(update);
      // The next row may come to the same key.
      else await update;
    }
    await Promise.all(updates);
  },
});

// The email key that a customer gets.
async function winKey(tx: Transaction, row: CustomerRow & { readonly teamId: number }): Promise<string> {
  const { teamId, uuid, emailKey: key, createdAt } = row;
  const holder = await tx.first(findHolder, { teamId, emailKey: key });
  const holderUuid = holder === undefined ? uuid : uuidText(holder.uuid);
  if (holder === undefined || holderUuid === uuid) return key;
  const isOlder = createdAt < holder.created_at || (createdAt === holder.created_at && uuid < holderUuid);
  if (!isOlder) return lostEmailKey(key, uuid);
  await tx.run(setEmailKey, { teamId, uuid: holderUuid, emailKey: lostEmailKey(key, holderUuid) });
  return key;
}

/** A live customer that cannot be found by its email, since another has the same mailbox. */
export interface CustomerWithoutKey {
  readonly teamUuid: string;
  readonly uuid: string;
  readonly email: string;
  /** Who is found by that email; undefined where it has been deleted since or has another email. */
  readonly holderUuid: string | undefined;
}

const listWithoutKey = statement<object>()(({ db }) =>
  db
    .selectFrom('customers as customer')
    .innerJoin('teams as team', 'team.id', 'customer.team_id')
    .leftJoin('customers as holder', (join) =>
      join
        .onRef('holder.team_id', '=', 'customer.team_id')
        .on('holder.deleted_at', 'is', null)
        .on(
          'holder.email_key',
          '=',
          sql<string>`substr(customer.email_key, 1, length(customer.email_key) - ${sql.lit(LOST_KEY_END)})`,
        ),
    )
    .select(['team.uuid as team_uuid', 'customer.uuid', 'customer.body', 'holder.uuid as holder_uuid'])
    .where('customer.deleted_at', 'is', null)
    .where('customer.email_key', 'like', `%${LOST_MARK}%`)
    .orderBy('customer.team_id')
    .orderBy('customer.uuid')
    .limit(TOLD_ROWS),
);

/** The customers of all teams that lost their email key to an older one, 100 at most. It reads every email. */
export async function listCustomersWithoutKey(reader: Reader): Promise<CustomerWithoutKey[]> {
  const rows = await reader.all(listWithoutKey, {});
  return rows.map((row) => ({
    teamUuid: uuidText(row.team_uuid),
    uuid: uuidText(row.uuid),
    email: parseCustomerBody(row.body).email,
    holderUuid: row.holder_uuid === null ? undefined : uuidText(row.holder_uuid),
  }));
}
