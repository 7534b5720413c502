import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { listAppsWithWebhooks } from '../../webhooks/subscriptions/app-webhook-store.js';

/** An app that could get something of a team's: by a token, by a code that it has not exchanged, or by webhooks. */
export interface ConnectedApp {
  readonly clientId: string;
  readonly name: string;
  /** ISO 8601, UTC: when it was allowed first, of what it still has. */
  readonly connectedAt: string;
  /** ISO 8601, UTC, to the minute; null for never. */
  readonly lastUsedAt: string | null;
  /** What it may do now; empty where its tokens have ended. */
  readonly scopes: readonly string[];
  /** Its webhooks and listeners for the team that are not disabled. */
  readonly webhookCount: number;
}

const listLiveGrants = statement<{ teamId: number; now: number }>()(({ db, param }) =>
  db
    .selectFrom('token_grants as grant')
    .innerJoin('apps as app', 'app.id', 'grant.app_id')
    .select((row) => [
      'app.client_id',
      'app.name',
      'grant.scope',
      row.fn.min('grant.created_at').as('connected_at'),
      row.fn.max('grant.last_used_at').as('last_used_at'),
    ])
    .where('grant.team_id', '=', param('teamId'))
    .where('grant.revoked_at', 'is', null)
    .where('grant.ends_at', '>', param('now'))
    .groupBy(['app.client_id', 'app.name', 'grant.scope']),
);

const listLiveCodes = statement<{ teamId: number; now: number }>()(({ db, param }) =>
  db
    .selectFrom('authorization_codes as code')
    .innerJoin('apps as app', 'app.id', 'code.app_id')
    .select((row) => ['app.client_id', 'app.name', 'code.scope', row.fn.min('code.created_at').as('connected_at')])
    .where('code.team_id', '=', param('teamId'))
    .where('code.used_at', 'is', null)
    .where('code.expires_at', '>', param('now'))
    .groupBy(['app.client_id', 'app.name', 'code.scope']),
);

const findApp = statement<{ clientId: string }>()(({ db, param }) =>
  db.selectFrom('apps').select('id').where('client_id', '=', param('clientId')),
);

interface OfApp {
  readonly teamId: number;
  readonly appId: number;
}

const spendCodes = statement<OfApp & { now: number }>()(({ db, param }) =>
  db
    .updateTable('authorization_codes')
    .set({ used_at: param('now') })
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('used_at', 'is', null),
);

const revokeGrants = statement<OfApp & { now: number }>()(({ db, param }) =>
  db
    .updateTable('token_grants')
    .set({ revoked_at: param('now') })
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('revoked_at', 'is', null),
);

/** The apps that could get something of a team's, by name, contract §4. */
export async function listConnectedApps(reader: Reader, teamId: number): Promise<ConnectedApp[]> {
  const now = currentTime();
  const [grants, codes, webhooks] = await Promise.all([
    reader.all(listLiveGrants, { teamId, now }),
    reader.all(listLiveCodes, { teamId, now }),
    listAppsWithWebhooks(reader, teamId),
  ]);
  const access: Access[] = [
    ...grants,
    ...codes.map((code) => ({ ...code, last_used_at: null })),
    ...webhooks.map((app) => ({ ...app, scope: '', last_used_at: null })),
  ];
  const clientIds = [...new Set(access.map((one) => one.client_id))];
  return clientIds
    .map((clientId) => {
      const count = webhooks.find((app) => app.client_id === clientId)?.count ?? 0;
      return connectedApp(
        access.filter((one) => one.client_id === clientId),
        count,
      );
    })
    .sort((one, other) => compare(one.name, other.name) || compare(one.clientId, other.clientId));
}

/** A way in which an app could get something. */
interface Access {
  readonly client_id: string;
  readonly name: string;
  readonly scope: string;
  readonly connected_at: number | string | bigint;
  readonly last_used_at: number | string | bigint | null;
}

function connectedApp(rows: readonly Access[], webhookCount: number): ConnectedApp {
  const [first] = rows;
  if (first === undefined) throw new Error('an app is connected in no way');
  const lastUsed = Math.max(0, ...rows.map((row) => Number(row.last_used_at ?? 0)));
  return {
    clientId: first.client_id,
    name: first.name,
    connectedAt: new Date(Math.min(...rows.map((row) => Number(row.connected_at)))).toISOString(),
    lastUsedAt: lastUsed === 0 ? null : new Date(lastUsed).toISOString(),
    scopes: [...new Set(rows.flatMap((row) => row.scope.split(' ')))].filter((scope) => scope !== ''),
    webhookCount,
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** The id of an app, or undefined. */
export async function findAppId(reader: Reader, clientId: string): Promise<number | undefined> {
  return (await reader.first(findApp, { clientId }))?.id;
}

/**
 * Ends every code and every token of an app for a team; gives how many codes and grants. Codes come first: one that is
 * being exchanged is waited for, and what it gives ends with the others.
 */
export async function endAccess(tx: Transaction, app: OfApp): Promise<number> {
  const now = currentTime();
  const codes = await tx.run(spendCodes, { ...app, now });
  return codes + (await tx.run(revokeGrants, { ...app, now }));
}
