import type { VNode } from 'preact';
import { FaultNotice } from './parts/fault-notice.js';
import { NewPasswordFields } from './parts/new-password-fields.js';
import { PageFrame } from './parts/page-frame.js';
import { PostForm } from './parts/post-form.js';
import { StatusNotice } from './parts/status-notice.js';
import { TextField } from './parts/text-field.js';

/** What the page for changing one's password shows. */
export interface PasswordPageProps {
  readonly csrfToken: string;
  readonly email: string;
  /** Why the password was not changed, one sentence. */
  readonly fault?: string | undefined;
  /** What was just done, one sentence. */
  readonly notice?: string | undefined;
}

/** Lets a person change their password; posts to `/account/password`. */
export function PasswordPage({ csrfToken, email, fault, notice }: PasswordPageProps): VNode {
  const hasFault = fault !== undefined;
  return (
    <PageFrame heading="Change password" account={{ csrfToken, email, path: '/account/password' }}>
      <StatusNotice notice={notice} />
      <FaultNotice fault={fault} />
      <PostForm class="narrow" action="/account/password" csrfToken={csrfToken}>
        {/* Tells password managers whose password changes; the header shows it to people. */}
        <input type="email" autocomplete="username" value={email} readonly hidden />
        <TextField
          label="Current password"
          name="current"
          type="password"
          autocomplete="current-password"
          hasFault={hasFault}
        />
        <NewPasswordFields label="New password" repeatLabel="Repeat the new password" hasFault={hasFault} />
        <div class="actions">
          <button type="submit">Change password</button>
        </div>
      </PostForm>
    </PageFrame>
  );
}
