import type { SecretBox } from '../identity/apps/secret-box.js';
import type { VerbParts } from '../partner-api/write/read-verb.js';
import type { CallbackHostOptions } from './subscriptions/callback-host.js';

/** What the webhook routes work with. */
export interface WebhookParts extends VerbParts {
  readonly box: SecretBox;
  /** How callback addresses are looked up, and which are good. */
  readonly callbackHosts: CallbackHostOptions;
}

/** What a token must allow to have customers sent or shown; its own subscriptions an app may see and end without it. */
export const TELLING = ['webhooks:manage', 'customers:read'] as const;
