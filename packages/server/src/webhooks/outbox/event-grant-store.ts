import { type RawBuilder, sql } from 'kysely';
import type { StatementParts } from '../../storage/statement.js';

/**
 * The id of a grant under which the app of a row `webhook` may be told of customers, or null: not revoked, not ended, and
 * with all that consent asks of whoever has notices of customers sent, contract §4. Without one, nothing is sent.
 */
export function eventGrantId<P extends object>({ db, dialect }: StatementParts<P>): RawBuilder<number | null> {
  const grants = db
    .selectFrom('token_grants as grant')
    .select(({ fn }) => fn.min('grant.id').as('id'))
    .where('grant.team_id', '=', sql.ref<number>('webhook.team_id'))
    .where('grant.app_id', '=', sql.ref<number>('webhook.app_id'))
    .where('grant.revoked_at', 'is', null)
    .where('grant.ends_at', '>', dialect.now())
    .where(hasScope('customers:read'))
    .where(hasScope('webhooks:manage'));
  return sql`(${grants})`;
}

const hasScope = (scope: string) =>
  sql<boolean>`' ' || ${sql.ref('grant.scope')} || ' ' like ${sql.lit(`% ${scope} %`)}`;
