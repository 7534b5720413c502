import type { VNode } from 'preact';

/** What was just done; nothing where nothing was. */
export function StatusNotice({ notice }: { readonly notice: string | undefined }): VNode | null {
  if (notice === undefined) return null;
  return (
    <p class="notice is-good" role="status" dir="auto">
      {notice}
    </p>
  );
}
