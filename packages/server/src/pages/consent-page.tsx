import type { VNode } from 'preact';
import { EmailAddress } from './parts/email-address.js';
import { FAULT_ID, FaultNotice } from './parts/fault-notice.js';
import { GivenName } from './parts/given-name.js';
import { PageFrame } from './parts/page-frame.js';
import { PostForm } from './parts/post-form.js';
import { RedirectAddress } from './parts/redirect-address.js';
import { ScopeList } from './parts/scope-list.js';

/** A team that a person can connect an app to. */
export interface TeamChoice {
  readonly uuid: string;
  readonly name: string;
}

/** What the consent page shows. */
export interface ConsentPageProps {
  readonly csrfToken: string;
  readonly action: string;
  /** Hidden fields by name: the request for authorization, handed through. */
  readonly fields: Readonly<Record<string, string>>;
  readonly appName: string;
  readonly clientId: string;
  /** Where the person is sent afterwards; shown whole. */
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** The person's teams, at least one. */
  readonly teams: readonly TeamChoice[];
  readonly email: string;
  /** Where to go after signing in with another account. */
  readonly switchNext: string;
  /** What was missing from the answer, one sentence. */
  readonly fault?: string | undefined;
}

/** Asks a person whether an app may work for one of their teams; posts `decision` as `allow` or `deny`. */
export function ConsentPage(props: ConsentPageProps): VNode {
  const { csrfToken, action, fields, appName, scopes, teams, email, switchNext, fault } = props;
  const app = <GivenName name={appName} />;
  return (
    <PageFrame heading={<>Connect {app}?</>}>
      <FaultNotice fault={fault} />
      <PostForm class="switch" action="/sign-out" csrfToken={csrfToken} fields={{ next: switchNext }}>
        <p>
          You are signed in as{' '}
          <strong>
            <EmailAddress email={email} />
          </strong>
          .
        </p>
        <button type="submit" class="is-link">
          Use another account
        </button>
      </PostForm>
      <h2>{app} will be able to</h2>
      <ScopeList scopes={scopes} />
      <PostForm action={action} csrfToken={csrfToken} fields={fields}>
        <TeamField teams={teams} hasFault={fault !== undefined} />
        <p class="hint">
          Allow only an app that you know. You can disconnect it at any time under <b>Connected apps</b>.
        </p>
        <div class="actions is-pair">
          <button type="submit" name="decision" value="allow">
            Allow
          </button>
          <button type="submit" name="decision" value="deny" class="is-quiet" formnovalidate>
            Deny
          </button>
        </div>
      </PostForm>
      <AppDetails {...props} />
    </PageFrame>
  );
}

function TeamField({ teams, hasFault }: { readonly teams: readonly TeamChoice[]; readonly hasFault: boolean }): VNode {
  const hasChoice = teams.length !== 1;
  return (
    <div class="field">
      <label for="team">Team</label>
      <div class="select">
        <select id="team" name="team" required aria-describedby={hasFault ? FAULT_ID : undefined}>
          {hasChoice && <option value="">Choose a team…</option>}
          {teams.map(({ uuid, name }) => (
            <option key={uuid} value={uuid} dir="auto" selected={!hasChoice}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function AppDetails({ redirectUri, clientId }: ConsentPageProps): VNode {
  return (
    <dl class="details">
      <div>
        <dt>You will be sent to</dt>
        <dd>
          <RedirectAddress uri={redirectUri} />
        </dd>
      </div>
      <div>
        <dt>Client id</dt>
        <dd>
          <code>{clientId}</code>
        </dd>
      </div>
    </dl>
  );
}
