import { createHmac } from 'node:crypto';
import { verifyWebhook } from '@countersign/client';
import { WEBHOOK_EVENTS } from '@countersign/contract';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import vectors from '../../../../docs/webhook-vectors.json' with { type: 'json' };
import { VERSION } from '../../src/version.js';
import { deliveryHeaders, type SignedDelivery } from '../../src/webhooks/attempt/delivery-signature.js';

const delivery: SignedDelivery = {
  id: '0d5f2a86-3c1b-4e7a-9a54-6f1f6f2b8c10',
  event: 'customer.created',
  body: '{"id":"0d5f2a86-3c1b-4e7a-9a54-6f1f6f2b8c10","event":"customer.created"}',
  sentAtMs: 1_750_000_000_999,
  secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
};

test.each(vectors)('the signatures are those that are written down: $name', (vector) => {
  const event = WEBHOOK_EVENTS.find((name) => name === vector.event) ?? expect.unreachable();
  const headers = deliveryHeaders({ ...vector, event, sentAtMs: vector.timestamp * 1_000 + 999 });
  expect(headers).toEqual({
    'Content-Type': 'application/json',
    'User-Agent': `countersign/${VERSION}`,
    'X-Webhook-Id': vector.id,
    'X-Webhook-Event': vector.event,
    'X-Webhook-Signature': vector.xWebhookSignature,
    'webhook-id': vector.id,
    'webhook-timestamp': String(vector.timestamp),
    'webhook-signature': vector.webhookSignature,
  });
});

test('without a secret there is no signature', () => {
  const names = Object.keys(deliveryHeaders({ ...delivery, secrets: [] })).map((name) => name.toLowerCase());
  expect(names.sort()).toEqual([
    'content-type',
    'user-agent',
    'webhook-id',
    'webhook-timestamp',
    'x-webhook-event',
    'x-webhook-id',
  ]);
});

test('of two attempts the id and the older signature are the same, the time and its signature are not', () => {
  const first = deliveryHeaders(delivery);
  const second = deliveryHeaders({ ...delivery, sentAtMs: delivery.sentAtMs + 5_000 });
  const differing = Object.keys(first).filter((name) => first[name] !== second[name]);
  expect(differing).toEqual(['webhook-timestamp', 'webhook-signature']);
});

describe('whatever the body, and whatever secret a subscription was given', () => {
  const secrets = fc.oneof(
    fc.base64String({ minLength: 4 }).map((text) => `whsec_${text}`),
    fc.stringMatching(/^(whsec_)?[A-Za-z0-9+/]{1,44}={0,3}$/),
    fc.string({ unit: 'binary-ascii', minLength: 1 }),
  );
  const bodies = fc.string({ unit: 'grapheme' }).map((name) => JSON.stringify({ id: delivery.id, event: 'any', name }));
  const sentAtMs = Math.floor(Date.now() / 1_000) * 1_000;

  test('the package of the Standard Webhooks specification verifies it, with the secret as given', async () => {
    await fc.assert(
      fc.property(secrets, bodies, (secret, body) => {
        const headers = deliveryHeaders({ ...delivery, body, sentAtMs, secrets: [secret] });
        expect(webhookOf(secret).verify(body, headers)).toEqual(JSON.parse(body));
        expect(() => webhookOf(secret).verify(`${body} `, headers)).toThrow('No matching signature found');
      }),
    );
  });

  test('a receiver that has either secret verifies it while one is being rotated', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, secrets, bodies, async (newer, older, body) => {
        const headers = deliveryHeaders({ ...delivery, body, sentAtMs, secrets: [newer, older] });
        for (const secret of [newer, older]) {
          expect(webhookOf(secret).verify(body, headers)).toEqual(JSON.parse(body));
          expect(await verifyWebhook(body, headers, secret)).toEqual(JSON.parse(body));
        }
      }),
    );
  });

  test('an HMAC made by hand of the newest secret and the body is the older signature', () => {
    fc.assert(
      fc.property(secrets, secrets, bodies, (newer, older, body) => {
        const headers = deliveryHeaders({ ...delivery, body, secrets: [newer, older] });
        const byHand = createHmac('sha256', Buffer.from(newer, 'utf8')).update(Buffer.from(body, 'utf8')).digest('hex');
        expect(headers['X-Webhook-Signature']).toBe(`sha256=${byHand}`);
      }),
    );
  });
});

/** The package's verifier for a secret: base64 where it takes it as that, or else its characters. */
function webhookOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    return new Webhook(secret, { format: 'raw' });
  }
}
