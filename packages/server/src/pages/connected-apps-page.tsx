import type { VNode } from 'preact';
import type { ConnectedApp } from '../authorization/connected-apps/connected-app-store.js';
import { GivenName } from './parts/given-name.js';
import { PageFrame } from './parts/page-frame.js';
import { PostForm } from './parts/post-form.js';
import { ScopeList } from './parts/scope-list.js';
import { StatusNotice } from './parts/status-notice.js';

/** A team with the apps that may work for it. */
export interface TeamWithApps {
  readonly uuid: string;
  readonly name: string;
  readonly apps: readonly ConnectedApp[];
}

/** What the page of connected apps shows. */
export interface ConnectedAppsPageProps {
  readonly csrfToken: string;
  readonly email: string;
  readonly teams: readonly TeamWithApps[];
  /** What was just done, one sentence. */
  readonly notice?: string | undefined;
}

const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** Lists the apps of each of a person's teams, and lets the person disconnect them at `/account/disconnect`. */
export function ConnectedAppsPage({ csrfToken, email, teams, notice }: ConnectedAppsPageProps): VNode {
  return (
    <PageFrame heading="Connected apps" account={{ csrfToken, email, path: '/account' }}>
      <StatusNotice notice={notice} />
      <p class="lead">
        These apps can work with the customers of your teams, or are set up to be told of them. An app that you
        disconnect stops at once, and its webhooks end.
      </p>
      {teams.length === 0 && <p class="empty">You are in no team yet.</p>}
      {teams.map((team) => (
        <TeamSection key={team.uuid} team={team} csrfToken={csrfToken} />
      ))}
    </PageFrame>
  );
}

function TeamSection({ team, csrfToken }: { readonly team: TeamWithApps; readonly csrfToken: string }): VNode {
  return (
    <section class="team">
      <h2>
        <GivenName name={team.name} />
      </h2>
      {team.apps.length === 0 ? (
        <p class="empty">No app is connected to this team.</p>
      ) : (
        <ul class="apps">
          {team.apps.map((app) => (
            <li key={app.clientId} class="app">
              <AppEntry app={app} />
              <PostForm
                action="/account/disconnect"
                csrfToken={csrfToken}
                fields={{ team: team.uuid, clientId: app.clientId }}
              >
                <button type="submit" class="is-danger">
                  Disconnect
                  <span class="visually-hidden">
                    {' '}
                    <GivenName name={app.name} /> from <GivenName name={team.name} />
                  </span>
                </button>
              </PostForm>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function AppEntry({ app }: { readonly app: ConnectedApp }): VNode {
  return (
    <div class="app-facts">
      <h3>
        <GivenName name={app.name} />
      </h3>
      {app.scopes.length === 0 ? (
        <p class="hint">Its access has ended. It is told nothing until it is connected again.</p>
      ) : (
        <ScopeList scopes={app.scopes} />
      )}
      <dl class="details">
        <div>
          <dt>Connected</dt>
          <dd>
            <Day iso={app.connectedAt} />
          </dd>
        </div>
        <div>
          <dt>Last used</dt>
          <dd>{app.lastUsedAt === null ? 'never' : <Day iso={app.lastUsedAt} />}</dd>
        </div>
        {app.webhookCount > 0 && (
          <div>
            <dt>Webhooks</dt>
            <dd>{app.webhookCount}</dd>
          </div>
        )}
        <div>
          <dt>Client id</dt>
          <dd>
            <code>{app.clientId}</code>
          </dd>
        </div>
      </dl>
    </div>
  );
}

function Day({ iso }: { readonly iso: string }): VNode {
  return <time datetime={iso}>{DAY_FORMAT.format(new Date(iso))}</time>;
}
