import type { ComponentChildren, VNode } from 'preact';

/** Where a form goes, and what it carries unseen. */
export interface PostFormProps {
  readonly action: string;
  readonly csrfToken: string;
  /** Hidden fields by name, beside the CSRF token. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A form that posts, with the CSRF token that every post needs. */
export function PostForm({ action, csrfToken, fields = {}, class: className, children }: PostFormProps): VNode {
  return (
    <form method="post" action={action} class={className}>
      <input type="hidden" name="_csrf" value={csrfToken} />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}
