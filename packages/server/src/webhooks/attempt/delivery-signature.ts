import { createHmac } from 'node:crypto';
import { signedPrefix, signingKeyText, type WebhookEventName } from '@countersign/contract';
import { VERSION } from '../../version.js';

/** What a delivery's headers are made from. */
export interface SignedDelivery {
  /** The delivery's UUID, the same over all attempts. */
  readonly id: string;
  readonly event: WebhookEventName;
  /** The very text that is sent. */
  readonly body: string;
  /** Time of this attempt, Unix time in milliseconds. */
  readonly sentAtMs: number;
  /** Live signing secrets as they were given, the newest first; none where the subscription has none. */
  readonly secrets: readonly string[];
}

/**
 * The headers of one attempt, contract §5: COUNT's own and those of the Standard Webhooks specification.
 *
 * `X-Webhook-Signature` has room for one signature, so that the newest secret makes it; its key is the secret's text.
 * `webhook-signature` has one for each live secret; {@link signingKeyText} says what their keys are.
 */
export function deliveryHeaders({ id, event, body, sentAtMs, secrets }: SignedDelivery): Record<string, string> {
  const timestamp = String(Math.floor(sentAtMs / 1_000));
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': `countersign/${VERSION}`,
    'X-Webhook-Id': id,
    'X-Webhook-Event': event,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
  };
  const [newest] = secrets;
  if (newest === undefined) return headers;
  const content = signedPrefix({ id, timestamp }) + body;
  return {
    ...headers,
    'X-Webhook-Signature': `sha256=${createHmac('sha256', newest).update(body).digest('hex')}`,
    'webhook-signature': secrets.map((secret) => `v1,${standardSignature(secret, content)}`).join(' '),
  };
}

function standardSignature(secret: string, content: string): string {
  const { encoding, text } = signingKeyText(secret);
  return createHmac('sha256', Buffer.from(text, encoding)).update(content).digest('base64');
}
