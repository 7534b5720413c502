import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClient } from '../src/index.js';
import { CREDENTIALS, expectedSignature, openRecordingServer, refusal, success } from './recording-server.js';

const uuid = '7b0c7d0e-9f64-4d7c-8a55-3f0c2b1a9e11';
const customer = { uuid, id: uuid, customer: 'Acme', email: 'accounts@acme.example', version: 1 };
const upserted = success({ customer, outcome: 'updated' });

const ODD_EXTERNAL_IDS = [
  'crm/48 213?é#1',
  'a\\b',
  "!'()*~",
  '%2e%2E',
  '%',
  'a+b&c=d;e',
  '...',
  '. ',
  '株式会社🧾',
  '[x]|^`{}"<>',
  '\u0000\n\t',
  ':@,$',
];

describe('a request', () => {
  test('carries client id, timestamp in milliseconds, signature and bearer token', async () => {
    const server = await openRecordingServer([success({ customer })]);
    await server.client().customers.create({ customer: 'Zoë 🧾', email: 'zoe@acme.example' });
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', target: '/partners/customers' });
    expect(request?.headers).toMatchObject({
      'x-client-id': CREDENTIALS.clientId,
      'x-timestamp': '1750000000000',
      authorization: `Bearer ${CREDENTIALS.accessToken}`,
      'content-type': 'application/json',
    });
    expect(request?.headers['x-signature']).toBe(request && expectedSignature(request));
  });

  test.each(ODD_EXTERNAL_IDS)('signs the external id %j exactly as it is sent', async (externalId) => {
    const server = await openRecordingServer([upserted]);
    await server.client().customers.upsertByExternalId(externalId, { customer: 'Acme' });
    const request = server.received[0];
    expect(request).toBeDefined();
    if (request === undefined) return;
    expect(request.headers['x-signature']).toBe(expectedSignature(request));
    const sent = request.target.replace('/partners/customers/by-external-id/', '');
    expect(decodeURIComponent(sent)).toBe(externalId);
  });

  test('signs any email exactly as it is sent, in path and query', async () => {
    const server = await openRecordingServer([({ method }) => (method === 'PUT' ? upserted : success({ customer }))]);
    const client = server.client();
    const email = fc.oneof(fc.emailAddress(), fc.string({ unit: 'grapheme', minLength: 3 }));
    await fc.assert(
      fc.asyncProperty(email, async (text) => {
        fc.pre(text.isWellFormed());
        await client.customers.upsertByEmail(text, { customer: 'Acme' });
        await client.customers.findByEmail(text);
        const [put, find] = server.received.slice(-2);
        expect(put?.headers['x-signature']).toBe(put && expectedSignature(put));
        expect(decodeURIComponent(put?.target.replace('/partners/customers/by-email/', '') ?? '')).toBe(text);
        expect(find?.headers['x-signature']).toBe(find && expectedSignature(find));
        expect(new URL(find?.target ?? '', server.baseUrl).searchParams.get('email')).toBe(text);
      }),
    );
  });

  test.each(['', '.', '..', '\ud800'])('never sends the external id %j, which no URL can carry', async (externalId) => {
    const server = await openRecordingServer([upserted]);
    await expect(server.client().customers.upsertByExternalId(externalId, {})).rejects.toThrow(TypeError);
    expect(server.received).toEqual([]);
  });

  test('asks a token function before each attempt', async () => {
    const server = await openRecordingServer([refusal(503, 'unavailable'), success({ customer })]);
    let count = 0;
    const accessToken = async () => {
      count += 1;
      return `token-${count}`;
    };
    await server.client({ accessToken }).customers.get(uuid);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('keeps a path prefix of baseUrl on the wire and out of the signature', async () => {
    const server = await openRecordingServer([success({ customer })]);
    await server.client({ baseUrl: `${server.baseUrl}/count/partners/` }).customers.get(uuid);
    const request = server.received[0];
    expect(request?.target).toBe(`/count/partners/customers/${uuid}`);
    const unprefixed = request && { ...request, target: request.target.replace('/count', '') };
    expect(request?.headers['x-signature']).toBe(unprefixed && expectedSignature(unprefixed));
  });
});

describe('request', () => {
  test('gives any answer without throwing and sends once', async () => {
    const server = await openRecordingServer([refusal(503, 'unavailable', { headers: { 'retry-after': '1' } })]);
    const answer = await server.client().request('get', '/partners/customers?page=2', { query: { search: 'a b' } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.json).toMatchObject({ code: 'unavailable' });
    expect(JSON.parse(answer.text)).toEqual(answer.json);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ method: 'GET', target: '/partners/customers?page=2&search=a+b' });
  });

  test('sends and signs a raw body byte for byte', async () => {
    const server = await openRecordingServer([{ status: 400, text: 'not json' }]);
    const rawBody = '{ "customer" :\n "Zoë" ';
    const answer = await server.client().request('PATCH', `/partners/customers/${uuid}`, { rawBody });
    expect(answer).toMatchObject({ status: 400, text: 'not json', json: undefined });
    const request = server.received[0];
    expect(request?.body).toBe(rawBody);
    expect(request?.headers['x-signature']).toBe(request && expectedSignature(request));
  });

  test('signs what the URL parser makes of a path', async () => {
    const server = await openRecordingServer([success({})]);
    await server.client().request('GET', '/partners/a/../customers/é "x"');
    const request = server.received[0];
    expect(request?.target).toBe('/partners/customers/%C3%A9%20%22x%22');
    expect(request?.headers['x-signature']).toBe(request && expectedSignature(request));
  });

  test('lets given headers win, and sends no token where there is none', async () => {
    const server = await openRecordingServer([success({})]);
    const client = server.client({ accessToken: undefined });
    await client.request('GET', '/partners/customers', { headers: { 'X-Signature': 'forged' } });
    expect(server.received[0]?.headers).toMatchObject({ 'x-signature': 'forged' });
    expect(server.received[0]?.headers.authorization).toBeUndefined();
  });

  test('does not follow a redirect', async () => {
    const server = await openRecordingServer([{ status: 307, headers: { location: '/partners/elsewhere' } }]);
    expect((await server.client().request('GET', '/partners/customers')).status).toBe(307);
    expect(server.received).toHaveLength(1);
  });

  test.each([
    ['partners/customers', {}],
    ['/partners/customers', { body: {}, rawBody: '{}' }],
  ])('refuses %j with %j', async (path, options) => {
    const server = await openRecordingServer([success({})]);
    await expect(server.client().request('POST', path, options)).rejects.toThrow(TypeError);
    expect(server.received).toEqual([]);
  });
});

test.each([
  ['clientId', { clientId: '' }],
  ['clientSecret', { clientSecret: '' }],
  ['baseUrl', { baseUrl: 'localhost:8080' }],
  ['baseUrl', { baseUrl: '/partners' }],
  ['baseUrl', { baseUrl: 'https://user:pass@count.example' }],
  ['retries', { retries: -1 }],
  ['timeoutMs', { timeoutMs: 0 }],
])('createClient names the wrong option %s', (name, wrong) => {
  const options = { baseUrl: 'https://count.example', ...CREDENTIALS, ...wrong };
  expect(() => createClient(options)).toThrow(new RegExp(`^${name} `));
});
