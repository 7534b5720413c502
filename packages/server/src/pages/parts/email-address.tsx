import type { VNode } from 'preact';

/** A person's email address; where it is too long for its line, it breaks behind the @ first. */
export function EmailAddress({ email }: { readonly email: string }): VNode {
  const hostAt = email.lastIndexOf('@') + 1;
  return (
    <span class="email" dir="ltr">
      {email.slice(0, hostAt)}
      <wbr />
      {email.slice(hostAt)}
    </span>
  );
}
