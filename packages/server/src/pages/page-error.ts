import type { MessagePageProps } from './message-page.js';

/** An expected refusal that is shown to a person as a page. */
export class PageError extends Error {
  override readonly name = 'PageError';

  constructor(
    readonly status: number,
    readonly shown: Pick<MessagePageProps, 'heading' | 'message' | 'details' | 'link'>,
  ) {
    super(shown.message);
  }
}
