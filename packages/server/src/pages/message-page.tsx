import type { VNode } from 'preact';
import { PageFrame } from './parts/page-frame.js';

/** What a message page shows. */
export interface MessagePageProps {
  readonly heading: string;
  readonly message: string;
  /** More sentences, one a line. */
  readonly details?: readonly string[] | undefined;
  /** What to name when asking for help. */
  readonly requestId?: string | undefined;
  readonly link?: { readonly href: string; readonly text: string } | undefined;
  /** Whether something went wrong, rather than well. */
  readonly isFault: boolean;
}

/** Says one thing: an error that a person can understand, or that something is done. */
export function MessagePage({ heading, message, details = [], requestId, link, isFault }: MessagePageProps): VNode {
  return (
    <PageFrame heading={heading}>
      <p class={isFault ? 'notice is-fault' : 'notice is-good'} dir="auto">
        {message}
      </p>
      {details.length > 0 && (
        <ul class="remarks">
          {details.map((detail) => (
            <li key={detail} dir="auto">
              {detail}
            </li>
          ))}
        </ul>
      )}
      {link !== undefined && (
        <p class="actions">
          <a class="button" href={link.href}>
            {link.text}
          </a>
        </p>
      )}
      {requestId !== undefined && (
        <p class="hint">
          If you ask for help, name this request: <code>{requestId}</code>
        </p>
      )}
    </PageFrame>
  );
}
