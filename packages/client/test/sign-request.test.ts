import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signedHeaders, signRequest } from '../src/index.js';

const clientSecret = 's3cr3t-Zq+/=';
const uuid = '7b0c7d0e-9f64-4d7c-8a55-3f0c2b1a9e11';

// Computed with: printf '%s' "$base" | openssl dgst -sha256 -hmac "$secret"
const VECTORS = [
  {
    name: 'POST with a body',
    method: 'POST',
    path: '/partners/customers',
    timestamp: 1_750_000_000,
    body: '{"customer":"Acme Trading (Pty) Ltd","email":"accounts@acme.example"}',
    signature: 'ef46a4981eacaff484ba01ebadc3e9f66b2a2888cbdbba9a2b02baf9519d9e3d',
  },
  {
    name: 'GET with a query, which is not signed',
    method: 'GET',
    path: '/partners/customers?search=a%20b&page=2',
    timestamp: 1_750_000_000,
    signature: '12c39fc3f30662bc16bc26546047a8e57680d1413cb766c7b847ebaf9e5cbd8b',
  },
  {
    name: 'DELETE',
    method: 'DELETE',
    path: `/partners/customers/${uuid}`,
    timestamp: 1_750_000_000,
    signature: '9b564f2d02b5fa6d2b9f5aa06685b35ec97fb8e47365ea54d311c0408b5d89e4',
  },
  {
    name: 'PATCH with a body beyond ASCII',
    method: 'patch',
    path: `/partners/customers/${uuid}`,
    timestamp: '1750000001',
    body: '{"customer":"Zoë Müller 株式会社 🧾"}',
    signature: '2c561730811f81e94c5e19a24ae8f26359ce6587ea1577e483208d64e3a27538',
  },
  {
    name: 'PUT with a percent-encoded path',
    method: 'PUT',
    path: '/partners/customers/by-external-id/crm%2F48%20213%3F%C3%A9',
    timestamp: 1_750_000_002,
    body: '{}',
    signature: 'e4a9dc58b9e2549d809c88156ec94d5e13396f447f1d496ce0c676ff8ab3708a',
  },
  {
    name: 'POST without a body',
    method: 'POST',
    path: `/partners/customers/${uuid}/restore`,
    timestamp: 1_750_000_000,
    signature: '80e2e6c97f1f44e53f7facb7ed0b1cf53127a5c805b2f23e0e0c42155ea3c900',
  },
];

describe('signRequest', () => {
  test.each(VECTORS)('gives the signature that openssl gives: $name', async ({ name: _, signature, ...request }) => {
    expect(await signRequest({ ...request, clientSecret })).toBe(signature);
  });

  test('signs a path without the prefix like the one with it', async () => {
    const request = { method: 'GET', timestamp: 1_750_000_000, clientSecret };
    expect(await signRequest({ ...request, path: '/customers' })).toBe(
      await signRequest({ ...request, path: '/partners/customers' }),
    );
  });

  test('signs the body of a DELETE or GET as the empty string', async () => {
    const request = { method: 'DELETE', path: `/partners/customers/${uuid}`, timestamp: 1_750_000_000, clientSecret };
    expect(await signRequest({ ...request, body: '{"a":1}' })).toBe(await signRequest(request));
  });

  test('equals HMAC-SHA256 of node:crypto over the base string, for any method, path, body and secret', async () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9%._~@+-]{0,20}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
          segments: fc.array(segment, { minLength: 1, maxLength: 5 }),
          body: fc.string({ unit: 'binary' }),
          secret: fc.string({ unit: 'grapheme', minLength: 1 }),
          timestamp: fc.nat(),
        }),
        async ({ method, segments, body, secret, timestamp }) => {
          const path = `/x${segments.join('/')}`;
          const isSigned = method.startsWith('P') && body !== '';
          const bodyHash = isSigned ? createHash('sha256').update(body, 'utf8').digest('hex') : '';
          const text = `${method}:${path}:${timestamp}:${bodyHash}`;
          const expected = createHmac('sha256', secret).update(text).digest('hex');
          const request = { method, path: `/partners${path}?q=1`, timestamp, clientSecret: secret };
          expect(await signRequest({ ...request, body })).toBe(expected);
          expect(await signRequest({ ...request, body: Buffer.from(body, 'utf8') })).toBe(expected);
        },
      ),
    );
  });

  test('refuses an empty secret', async () => {
    const request = { method: 'GET', path: '/partners/customers', timestamp: 1, clientSecret: '' };
    await expect(signRequest(request)).rejects.toThrow('clientSecret must not be empty');
  });
});

test('signedHeaders gives the three headers, the timestamp in seconds as it was signed', async () => {
  const request = { method: 'GET', path: '/partners/customers', timestamp: 1_750_000_000, clientSecret };
  expect(await signedHeaders({ ...request, clientId: 'app_1' })).toEqual({
    'x-client-id': 'app_1',
    'x-timestamp': '1750000000',
    'x-signature': '12c39fc3f30662bc16bc26546047a8e57680d1413cb766c7b847ebaf9e5cbd8b',
  });
});
