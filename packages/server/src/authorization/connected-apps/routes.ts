import type { FastifyInstance } from 'fastify';
import { originOf } from '../../http/origin.js';
import { listTeamsOfUser } from '../../identity/team-store.js';
import { ConnectedAppsPage } from '../../pages/connected-apps-page.js';
import { PageError } from '../../pages/page-error.js';
import { leaveNotice, takeNotice } from '../../pages/page-notice.js';
import { formTextOf, formToken } from '../../pages/page-scope.js';
import { sendToSignIn } from '../../pages/page-session.js';
import { sendOn, sendPage } from '../../pages/send-page.js';
import type { OAuthParts } from '../oauth-parts.js';
import { listConnectedApps } from './connected-app-store.js';
import { disconnectApp } from './disconnect-app.js';

/** Which apps act for a person's teams, and how to end it. Mounted in a scope of pages. */
export function connectedAppsRoutes(app: FastifyInstance, { storage, gate }: OAuthParts): void {
  app.get('/account', { schema: { hide: true } }, async (request, reply) => {
    const { session } = request;
    if (session === undefined) return sendToSignIn(reply, '/account');
    const teams = await listTeamsOfUser(storage, session.userId);
    return sendPage(reply, {
      title: 'Connected apps',
      page: ConnectedAppsPage({
        csrfToken: formToken(request, reply),
        email: session.email,
        notice: takeNotice(request, reply),
        teams: await Promise.all(
          teams.map(async ({ id, uuid, name }) => ({ uuid, name, apps: await listConnectedApps(storage, id) })),
        ),
      }),
    });
  });

  app.post('/account/disconnect', { schema: { hide: true } }, async (request, reply) => {
    const { session } = request;
    if (session === undefined) return sendToSignIn(reply, '/account');
    const isEnded = await storage.write(disconnectApp, {
      userId: session.userId,
      teamUuid: formTextOf(request, 'team'),
      clientId: formTextOf(request, 'clientId'),
      origin: originOf(request),
    });
    if (!isEnded) {
      throw new PageError(404, {
        heading: 'There is no such app',
        message: 'None of your teams has this app connected.',
        link: { href: '/account', text: 'Connected apps' },
      });
    }
    await gate.tokens.forget();
    leaveNotice(reply, 'app-disconnected', session.tokenHash);
    return sendOn(reply, '/account');
  });
}
