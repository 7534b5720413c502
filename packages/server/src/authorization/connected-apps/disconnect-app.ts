import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { findTeamOfUser } from '../../identity/team-store.js';
import { command } from '../../storage/storage.js';
import { endWebhooksOfApp } from '../../webhooks/subscriptions/app-webhook-store.js';
import { endAccess, findAppId } from './connected-app-store.js';

/** An app to disconnect from a team, by a member of it. */
export interface DisconnectApp {
  readonly userId: number;
  readonly teamUuid: string;
  readonly clientId: string;
  readonly origin: Origin;
}

/**
 * Ends all that an app has for a team: tokens, codes, webhooks with what waits to be delivered, and listeners, contract §4.
 * Gives false, and does nothing, for a team that the person is not in.
 */
export const disconnectApp = command<DisconnectApp, boolean>({
  name: 'disconnect-app',
  locksRows: true,
  run: async (tx, { userId, teamUuid, clientId, origin }) => {
    const team = await findTeamOfUser(tx, { userId, teamUuid });
    const appId = await findAppId(tx, clientId);
    if (team === undefined || appId === undefined) return false;
    const app = { teamId: team.id, appId };
    const ended = (await endAccess(tx, app)) + (await endWebhooksOfApp(tx, app));
    if (ended > 0) await appendAudit(tx, 'app.disconnected', { origin, userId, ...app });
    return true;
  },
});
