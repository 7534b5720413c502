import type { VNode } from 'preact';
import { FaultNotice } from './parts/fault-notice.js';
import { GivenName } from './parts/given-name.js';
import { PageFrame } from './parts/page-frame.js';
import { PostForm } from './parts/post-form.js';
import { TextField } from './parts/text-field.js';

/** What the sign-in page shows. */
export interface SignInPageProps {
  readonly csrfToken: string;
  /** Where to go after signing in. */
  readonly next: string;
  /** What was typed before; empty at first. */
  readonly email: string;
  /** The app that asked for the sign-in, if one did. */
  readonly appName: string | undefined;
  /** Why signing in failed, one sentence. */
  readonly fault: string | undefined;
}

/** Asks for email and password; posts to `/sign-in`. */
export function SignInPage({ csrfToken, next, email, appName, fault }: SignInPageProps): VNode {
  const heading =
    appName === undefined ? (
      'Sign in'
    ) : (
      <>
        Sign in to connect <GivenName name={appName} />
      </>
    );
  const hasFault = fault !== undefined;
  return (
    <PageFrame heading={heading}>
      <FaultNotice fault={fault} />
      <PostForm action="/sign-in" csrfToken={csrfToken} fields={{ next }}>
        <TextField label="Email" name="email" type="email" autocomplete="username" value={email} hasFault={hasFault} />
        <TextField
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          hasFault={hasFault}
        />
        <div class="actions">
          <button type="submit">Sign in</button>
        </div>
      </PostForm>
    </PageFrame>
  );
}
