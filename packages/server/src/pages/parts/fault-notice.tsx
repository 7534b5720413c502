import type { VNode } from 'preact';

/** The id of the sentence that says what went wrong; the fields it concerns are described by it. */
export const FAULT_ID = 'fault';

/** What went wrong with the form as it was sent, said aloud at once; nothing where nothing did. */
export function FaultNotice({ fault }: { readonly fault: string | undefined }): VNode | null {
  if (fault === undefined) return null;
  return (
    <p id={FAULT_ID} class="notice is-fault" role="alert">
      {fault}
    </p>
  );
}
