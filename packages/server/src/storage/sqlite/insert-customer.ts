import { sql } from 'kysely';
import { statement } from '../statement.js';
import type { NewCustomer } from '../storage.js';
import { CUSTOMER_KEYS_PER_TEAM } from './sqlite-dialect.js';

const KEYS = sql.lit(CUSTOMER_KEYS_PER_TEAM);

/** Stores one new customer under the next internal key of its team, unless its email or external id is taken. */
export const insertCustomer = statement<NewCustomer & { teamId: number }>()(({ db, param }) => {
  const teamId = param('teamId');
  return db
    .insertInto('customers')
    .values({
      id: sql<number>`(select coalesce(max(id), ${teamId} * ${KEYS}) + 1 from customers
        where id between ${teamId} * ${KEYS} and (${teamId} + 1) * ${KEYS} - 1)`,
      team_id: teamId,
      uuid: param.uuid('uuid'),
      status: param('status'),
      created_at: param('createdAt'),
      updated_at: param('updatedAt'),
      deleted_at: null,
      version: param('version'),
      name_key: param('nameKey'),
      email_key: param('emailKey'),
      phone_key: param('phoneKey'),
      search_text: param('searchText'),
      keyed_version: param('version'),
      external_id: param('externalId'),
      made_by: param('madeBy'),
      import_uuid: param.uuid('importUuid'),
      body: param('body'),
    })
    .onConflict((conflict) => conflict.doNothing());
});
