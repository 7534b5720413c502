import type { VNode } from 'preact';

/** A name that people chose, kept from turning the direction of the text around it. */
export function GivenName({ name }: { readonly name: string }): VNode {
  return (
    <bdi class="given-name" dir="auto">
      {name}
    </bdi>
  );
}
