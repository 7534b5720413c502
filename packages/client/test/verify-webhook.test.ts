import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import vectors from '../../../docs/webhook-vectors.json' with { type: 'json' };
import {
  CountersignError,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookEvent,
  type WebhookHeaders,
  WebhookVerificationError,
} from '../src/index.js';

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const id = '0d5f2a86-3c1b-4e7a-9a54-6f1f6f2b8c10';
const timestamp = 1_750_000_000;
const now = () => timestamp * 1_000;
const body = JSON.stringify({
  id,
  event: 'customer.deleted',
  apiVersion: '1',
  occurredAt: '2025-06-15T15:06:40.000Z',
  team: { id: '5b0e4f0a-7a51-4a52-9c39-7d3f6f0e2a77', name: 'Acme' },
  data: { id: '7b0c7d0e-9f64-4d7c-8a55-3f0c2b1a9e11' },
});

/** The headers of a delivery, with the package of the specification and node:crypto, not with what is tested. */
function signed(text = body, sentAt = timestamp, key = secret) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(sentAt),
    'webhook-signature': new Webhook(key).sign(id, new Date(sentAt * 1_000), text),
    'x-webhook-signature': `sha256=${createHmac('sha256', key).update(text).digest('hex')}`,
  };
}

function options(more: Partial<VerifyWebhookOptions> = {}): VerifyWebhookOptions {
  return { secret, now, ...more };
}

async function faultOf(verifying: Promise<unknown>): Promise<WebhookVerificationError> {
  const error = await verifying.then(
    () => expect.unreachable('it verified'),
    (caught: unknown) => caught,
  );
  if (error instanceof WebhookVerificationError) return error;
  throw error;
}

function without(headers: Record<string, string>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

describe('a delivery verifies', () => {
  test.each(vectors)('with fixed signatures: $name', async (vector) => {
    const headers = {
      'webhook-id': vector.id,
      'webhook-timestamp': String(vector.timestamp),
      'webhook-signature': vector.webhookSignature,
    };
    const clock = () => vector.timestamp * 1_000;
    for (const one of vector.secrets) {
      const event = await verifyWebhook(vector.body, headers, { secret: one, now: clock });
      expect(event).toEqual(JSON.parse(vector.body));
    }
    const [newest = ''] = vector.secrets;
    await verifyWebhook(vector.body, { 'X-Webhook-Signature': vector.xWebhookSignature }, newest);
  });

  test.each<[string, (headers: Record<string, string>) => WebhookHeaders]>([
    ['a Headers object', (headers) => new Headers(headers)],
    ['a plain object', (headers) => headers],
    [
      'names in any case',
      (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
    ],
    [
      'values in lists',
      (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    ],
    ['a Map', (headers) => new Map(Object.entries(headers))],
  ])('with headers as %s', async (_, form) => {
    expect(await verifyWebhook(body, form(signed()), options())).toEqual(JSON.parse(body));
  });

  test.each<[string, (text: string) => string | Uint8Array | ArrayBuffer]>([
    ['text', (text) => text],
    ['a Buffer', (text) => Buffer.from(text)],
    ['bytes in the middle of a buffer', (text) => Buffer.from(`xx${text}yy`).subarray(2, -2)],
    ['an ArrayBuffer', (text) => new TextEncoder().encode(text).buffer],
  ])('with the body as %s', async (_, form) => {
    const text = body.replace('Acme', 'Zoë 株式会社 🧾');
    expect(await verifyWebhook(form(text), signed(text), options())).toEqual(JSON.parse(text));
  });

  test('as it comes out of a Node server', async () => {
    const { headers, received } = await throughNode(signed());
    expect(await verifyWebhook(received, headers, options())).toEqual(JSON.parse(body));
  });

  test('with any of the secrets that are live while one is being rotated', async () => {
    const older = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const both = `${signed()['webhook-signature']} ${signed(body, timestamp, older)['webhook-signature']}`;
    const headers = { ...signed(), 'webhook-signature': `v2,unknown v1a,AAAA ${both}` };
    for (const one of [secret, older, ['another one', older], [secret, 'another one']]) {
      await verifyWebhook(body, headers, options({ secret: one }));
    }
  });

  test('now, with nothing but the secret', async () => {
    const headers = signed(body, Math.floor(Date.now() / 1_000));
    const event: WebhookEvent = await verifyWebhook(body, headers, secret);
    if (event.event !== 'customer.deleted') expect.unreachable();
    expect(event.data.id).toBe('7b0c7d0e-9f64-4d7c-8a55-3f0c2b1a9e11');
  });

  test('wherever the package of the specification verifies it, whatever secret that is given', async () => {
    const secrets = fc.oneof(
      fc.stringMatching(/^(whsec_)?[A-Za-z0-9+/]{1,40}={0,3}$/),
      fc.base64String({ minLength: 4 }),
      fc.string({ unit: 'binary-ascii', minLength: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(secrets, fc.jsonValue(), async (key, data) => {
        const text = JSON.stringify({ id, event: 'customer.created', data });
        const headers = { ...signed(), 'webhook-signature': standardSignature(key, text) };
        expect(await verifyWebhook(text, headers, options({ secret: key }))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('a delivery does not verify', () => {
  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s', async (name) => {
    const fault = await faultOf(verifyWebhook(body, without(signed(), name), options()));
    expect(fault).toMatchObject({ reason: 'missing_header', message: expect.stringContaining(name) });
  });

  test('without any signature, and the message asks for the secret', async () => {
    const headers = without(signed(), 'webhook-signature', 'x-webhook-signature');
    const fault = await faultOf(verifyWebhook(body, headers, options()));
    expect(fault).toMatchObject({ reason: 'missing_header', message: expect.stringContaining('signing secret') });
  });

  test('five minutes and a second before or after, and does right up to it', async () => {
    for (const offset of [-300, 300]) await verifyWebhook(body, signed(body, timestamp + offset), options());
    for (const offset of [-301, 301]) {
      const fault = await faultOf(verifyWebhook(body, signed(body, timestamp + offset), options()));
      expect(fault).toMatchObject({
        reason: 'timestamp_out_of_range',
        message: expect.stringContaining('301 seconds'),
      });
    }
    await verifyWebhook(body, signed(body, timestamp - 900), options({ toleranceSeconds: 900 }));
  });

  test.each(['', 'yesterday', '1750000000.0', '-1750000000', '1750000000000', '0x684f0000', ' 1750000000'])(
    'with the timestamp %j',
    async (text) => {
      const headers = { ...signed(), 'webhook-timestamp': text };
      expect((await faultOf(verifyWebhook(body, headers, options()))).reason).toBe('timestamp_out_of_range');
    },
  );

  test.each<[string, Record<string, string>]>([
    ['another id', { 'webhook-id': 'c1a7a1de-52f1-4b0e-8f6e-0d5f2a863c1b' }],
    ['another time', { 'webhook-timestamp': String(timestamp + 1) }],
    ["another secret's signature", signed(body, timestamp, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')],
    ['no signature in the header', { 'webhook-signature': '' }],
    ['a signature that is no base64', { 'webhook-signature': 'v1,!!!' }],
    ['the right signature under another version', { 'webhook-signature': signed()['webhook-signature'].slice(3) }],
    ['an empty signature', { 'webhook-signature': 'v1,' }],
    ['half of the signature', { 'webhook-signature': signed()['webhook-signature'].slice(0, 24) }],
  ])('with %s, even where the older header would', async (_, changed) => {
    const headers = { ...signed(), ...changed, 'x-webhook-signature': signed()['x-webhook-signature'] };
    expect((await faultOf(verifyWebhook(body, headers, options()))).reason).toBe('signature_mismatch');
  });

  test('with any other body', async () => {
    for (const other of [`${body} `, body.replace('Acme', 'acme'), JSON.stringify(JSON.parse(body), null, 2), '']) {
      expect((await faultOf(verifyWebhook(other, signed(), options()))).reason).toBe('signature_mismatch');
      const bare = { 'x-webhook-signature': signed()['x-webhook-signature'] };
      expect((await faultOf(verifyWebhook(other, bare, options()))).reason).toBe('signature_mismatch');
    }
  });

  test.each(['md5=00', 'sha256=', 'sha256=zz', `${'00'.repeat(32)}`, `sha256=${'00'.repeat(32)}`])(
    'with %j as the older signature alone',
    async (signature) => {
      const fault = await faultOf(verifyWebhook(body, { 'x-webhook-signature': signature }, options()));
      expect(fault.reason).toBe('signature_mismatch');
    },
  );

  test('with the older signature alone where a time is required', async () => {
    const bare = { 'x-webhook-signature': signed()['x-webhook-signature'] };
    await verifyWebhook(body, bare, options());
    const fault = await faultOf(verifyWebhook(body, bare, options({ requireTimestamp: true })));
    expect(fault.reason).toBe('missing_header');
  });

  test.each(['nothing that is JSON', '', '[]', 'null', '"text"', '{}', '{"id":1,"event":"customer.created"}'])(
    'with the signed body %j, which is no event',
    async (text) => {
      expect((await faultOf(verifyWebhook(text, signed(text), options()))).reason).toBe('invalid_body');
    },
  );

  test('and no error tells the secret or a right signature', async () => {
    const headers = { ...signed(), 'webhook-timestamp': String(timestamp + 1) };
    const fault = await faultOf(verifyWebhook(body, headers, options()));
    const told = `${fault.message}${fault.stack}${JSON.stringify(fault)}`;
    expect(told).not.toContain(secret);
    expect(told).not.toContain(secret.slice(6));
    expect(told).not.toMatch(/v1,|sha256=/);
  });
});

describe('a wrong call is told as one', () => {
  test('when the body was parsed before', async () => {
    for (const parsed of [JSON.parse(body), [body], null, undefined, 42]) {
      const verifying = verifyWebhook(parsed, signed(), options());
      await expect(verifying).rejects.toThrow(TypeError);
      await expect(verifying).rejects.toThrow('express.raw');
    }
  });

  test('when a secret is missing', async () => {
    const noSecret: unknown = JSON.parse('{}').secret;
    for (const given of ['', [], [secret, ''], noSecret, { secret: noSecret }]) {
      await expect(verifyWebhook(body, signed(), asSecret(given))).rejects.toThrow(TypeError);
    }
  });

  test('when WebCrypto is missing', async () => {
    vi.stubGlobal('crypto', undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    const error = await verifyWebhook(body, signed(), options()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CountersignError);
    expect(error).toMatchObject({ code: 'crypto_unavailable' });
  });
});

function standardSignature(key: string, text: string): string {
  const sentAt = new Date(timestamp * 1_000);
  try {
    return new Webhook(key).sign(id, sentAt, text);
  } catch {
    return new Webhook(key, { format: 'raw' }).sign(id, sentAt, text);
  }
}

// What a caller without types can give.
function asSecret(given: unknown): string {
  return given as string;
}

async function throughNode(headers: Record<string, string>) {
  const arrived = new Promise<{ headers: IncomingHttpHeaders; received: Buffer }>((resolve) => {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.end();
      resolve({ headers: request.headers, received: Buffer.concat(chunks) });
    });
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      void fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
    });
  });
  return await arrived;
}
