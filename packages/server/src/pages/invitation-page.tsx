import type { VNode } from 'preact';
import { EmailAddress } from './parts/email-address.js';
import { FaultNotice } from './parts/fault-notice.js';
import { GivenName } from './parts/given-name.js';
import { NewPasswordFields } from './parts/new-password-fields.js';
import { PageFrame } from './parts/page-frame.js';
import { PostForm } from './parts/post-form.js';

/** What the invitation page shows. */
export interface InvitationPageProps {
  readonly csrfToken: string;
  /** The invitation's token. */
  readonly token: string;
  /** Who is invited. */
  readonly email: string;
  readonly teamName: string;
  /** `new` asks for a password; `join` is for a person who is signed in. */
  readonly mode: 'new' | 'join';
  /** Why the invitation was not taken, one sentence. */
  readonly fault?: string | undefined;
}

/** Lets an invited person into a team, with a new account or with theirs; posts to `/invitation`. */
export function InvitationPage({ csrfToken, token, email, teamName, mode, fault }: InvitationPageProps): VNode {
  const team = <GivenName name={teamName} />;
  return (
    <PageFrame heading={<>Join {team}</>}>
      <FaultNotice fault={fault} />
      {mode === 'new' ? (
        <p>You are invited to work with the customers of {team}. Choose a password, and your account is ready.</p>
      ) : (
        <p>
          You are signed in as{' '}
          <strong>
            <EmailAddress email={email} />
          </strong>
          . Join {team}?
        </p>
      )}
      <PostForm action="/invitation" csrfToken={csrfToken} fields={{ token }}>
        {mode === 'new' && <AccountFields email={email} hasFault={fault !== undefined} />}
        <div class="actions">
          <button type="submit">{mode === 'new' ? 'Create account' : 'Join team'}</button>
        </div>
      </PostForm>
    </PageFrame>
  );
}

function AccountFields({ email, hasFault }: { readonly email: string; readonly hasFault: boolean }): VNode {
  return (
    <>
      <div class="field">
        <label for="email">Email</label>
        {/* Without a name, so it is not sent: the invitation says whose it is. Password managers read it. */}
        <input id="email" type="email" autocomplete="username" value={email} readonly />
      </div>
      <NewPasswordFields label="Choose a password" repeatLabel="Repeat the password" hasFault={hasFault} />
    </>
  );
}
