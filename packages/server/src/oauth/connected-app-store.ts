import { appendAudit, type Origin } from '../audit/audit-store.js';
import { statement } from '../storage/statement.js';
import type { Command, Reader } from '../storage/storage.js';
import { findTeamOfUser } from '../teams/team-store.js';

/** An app that acts for a team. */
export interface ConnectedApp {
  readonly clientId: string;
  readonly name: string;
  /** ISO 8601, UTC: when it was allowed first. */
  readonly connectedAt: string;
  /** ISO 8601, UTC, to the minute; null for never. */
  readonly lastUsedAt: string | null;
  readonly scopes: readonly string[];
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
    .where((row) =>
      row.exists(
        row
          .selectFrom('refresh_tokens as token')
          .select('token.grant_id')
          .whereRef('token.grant_id', '=', 'grant.id')
          .where('token.expires_at', '>', param('now'))
          .where('token.used_at', 'is', null)
          .where('token.replaced_at', 'is', null),
      ),
    )
    .groupBy(['app.client_id', 'app.name', 'grant.scope'])
    .orderBy('app.name')
    .orderBy('app.client_id'),
);

const findApp = statement<{ clientId: string }>()(({ db, param }) =>
  db.selectFrom('apps').select('id').where('client_id', '=', param('clientId')),
);

const revokeGrants = statement<{ teamId: number; appId: number; now: number }>()(({ db, param }) =>
  db
    .updateTable('token_grants')
    .set({ revoked_at: param('now') })
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('revoked_at', 'is', null),
);

/** The apps that can act for a team now, by name. */
export async function listConnectedApps(reader: Reader, teamId: number): Promise<ConnectedApp[]> {
  const rows = await reader.all(listLiveGrants, { teamId, now: Date.now() });
  const clientIds = [...new Set(rows.map((row) => row.client_id))];
  return clientIds.map((clientId) => connectedApp(rows.filter((row) => row.client_id === clientId)));
}

interface GrantRow {
  readonly client_id: string;
  readonly name: string;
  readonly scope: string;
  readonly connected_at: number | string | bigint;
  readonly last_used_at: number | string | bigint | null;
}

function connectedApp(rows: readonly GrantRow[]): ConnectedApp {
  const [first] = rows;
  if (first === undefined) throw new Error('an app is connected without a grant');
  const lastUsed = Math.max(0, ...rows.map((row) => Number(row.last_used_at ?? 0)));
  return {
    clientId: first.client_id,
    name: first.name,
    connectedAt: new Date(Math.min(...rows.map((row) => Number(row.connected_at)))).toISOString(),
    lastUsedAt: lastUsed === 0 ? null : new Date(lastUsed).toISOString(),
    scopes: [...new Set(rows.flatMap((row) => row.scope.split(' ')))],
  };
}

/** An app to disconnect from a team, by a member of it. */
export interface DisconnectApp {
  readonly userId: number;
  readonly teamUuid: string;
  readonly clientId: string;
  readonly origin: Origin;
}

/** Ends every token of an app for a team; gives false, and does nothing, for a team that the person is not in. */
export const disconnectApp: Command<DisconnectApp, boolean> = {
  name: 'disconnect-app',
  run: async (tx, { userId, teamUuid, clientId, origin }) => {
    const team = await findTeamOfUser(tx, { userId, teamUuid });
    const app = await tx.first(findApp, { clientId });
    if (team === undefined || app === undefined) return false;
    const ended = await tx.run(revokeGrants, { teamId: team.id, appId: app.id, now: Date.now() });
    if (ended > 0) await appendAudit(tx, 'app.disconnected', { origin, userId, teamId: team.id, appId: app.id });
    return true;
  },
};
