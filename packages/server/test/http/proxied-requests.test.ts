import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { openRawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import {
  type HandMadeRequest,
  headersOf,
  secondsNow,
  sendByHand,
  sendBytes,
  sha256,
} from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

let sent = 0;

// Each at a second of its own, so that none is a repeat.
const send = (request: Omit<HandMadeRequest, 'app'>) => {
  sent += 1;
  const { app, accessToken } = caller;
  return sendByHand(server.url, { app, accessToken, timestamp: secondsNow(-(sent % 250)), ...request });
};

async function createCustomer() {
  const { status, data } = await caller.post('/customers', smallCustomer());
  expect(status).toBe(201);
  return data.customer;
}

describe('what proxies make of an ETag counts as the ETag', () => {
  const RETURNED = [
    'W/"1"',
    '"1-gzip"',
    'W/"1-gzip"',
    '"1--gzip"',
    '"1;gzip"',
    '"1;br"',
    '"1-br"',
    '"1-zstd"',
    '"1-deflate"',
    '"1"-gzip',
    '"7", W/"1-br"',
    '*',
  ];

  test.each(RETURNED)('%s', async (tag) => {
    const { uuid } = await createCustomer();
    const known = await caller.get(`/customers/${uuid}`, { headers: { 'if-none-match': tag } });
    expect(known.status).toBe(304);
    const changed = await caller.patch(`/customers/${uuid}`, { notes: 'a' }, { headers: { 'if-match': tag } });
    expect(changed.status).toBe(200);
    const late = await caller.patch(`/customers/${uuid}`, { notes: 'b' }, { headers: { 'if-match': tag } });
    expect(late.status).toBe(tag === '*' ? 200 : 412);
  });

  test('and nothing else does', async () => {
    const { uuid } = await createCustomer();
    for (const tag of ['1', '"1', '"11"', '"1-"', '"1-other"', '"-gzip"', '"1gzip"', '"01"', '']) {
      const answer = await caller.patch(`/customers/${uuid}`, { notes: 'a' }, { headers: { 'if-match': tag } });
      expect(answer.status, tag).toBe(412);
    }
  });
});

describe('a request without body bytes has no media type', () => {
  const FRAMINGS: readonly [string, Record<string, string>][] = [
    ['no length', {}],
    ['a length of 0', { 'content-length': '0' }],
    ['no chunk', { 'transfer-encoding': 'chunked' }],
  ];
  const TYPES = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense', 'a/b; c'];

  test.each(FRAMINGS)('with %s', async (_name, framing) => {
    for (const type of TYPES) {
      const { uuid } = await createCustomer();
      const target = `/partners/customers/${uuid}`;
      const headers = { ...framing, 'content-type': type };
      const body = 'transfer-encoding' in framing ? '' : undefined;
      const empty = { headers, ...(body === undefined ? {} : { body }) };
      expect((await send({ method: 'GET', target, headers: { 'content-type': type } })).status, type).toBe(200);
      expect((await send({ method: 'DELETE', target, ...empty })).status, type).toBe(200);
      expect((await send({ method: 'POST', target: `${target}/restore`, ...empty })).status, type).toBe(200);
      const created = await send({ method: 'POST', target: '/partners/customers', ...empty });
      expect([created.status, created.body.code], type).toEqual([400, 'invalid_json']);
    }
  });

  test('and one with bytes has one, which is told to who signed it', async () => {
    const body = JSON.stringify(smallCustomer());
    for (const type of [
      undefined,
      'text/plain',
      'application/x-www-form-urlencoded',
      'nonsense',
      'application/jsonp',
    ]) {
      const request = { method: 'POST', target: '/partners/customers', body, headers: { 'content-type': type } };
      const answer = await send(request);
      expect([answer.status, answer.body.code], type).toEqual([415, 'unsupported_media_type']);
      expect((await send({ ...request, secret: 'wrong' })).status).toBe(401);
    }
    const odd = { 'content-type': 'Application/JSON;charset=UTF-8' };
    expect((await send({ method: 'POST', target: '/partners/customers', body, headers: odd })).status).toBe(201);
  });
});

describe('a target as it is sent to a proxy', () => {
  const asOf = (signed: string, target: string, method = 'GET') => {
    const { app, accessToken } = caller;
    const headers = headersOf({ method, target: signed, app, accessToken });
    return sendBytes(server.url, { method, target, headers });
  };

  test('is the path behind the host, which is what is signed', async () => {
    const { uuid, email } = await createCustomer();
    const signed = `/partners/customers/${uuid}`;
    for (const origin of ['http://a.example', 'HTTPS://a.example:8443', server.url]) {
      expect((await asOf(signed, `${origin}${signed}`)).status, origin).toBe(200);
      const find = `/partners/customers/find-by-email?email=${encodeURIComponent(email)}`;
      expect((await asOf(find, `${origin}${find}`)).data.customer.uuid).toBe(uuid);
    }
    expect((await asOf(`http://a.example${signed}`, `http://a.example${signed}`)).status).toBe(401);
    const health = await sendBytes(server.url, { method: 'GET', target: 'http://a.example/healthz' });
    expect(health.status).toBe(200);
    for (const target of ['http://a.example', 'http://a.example?a=/partners/customers']) {
      const root = await sendBytes(server.url, { method: 'GET', target });
      expect(root.status).toBe((await sendBytes(server.url, { method: 'GET', target: '/' })).status);
    }
  });

  test('is 400 where it has no path, or no host', async () => {
    for (const target of [
      'http:///partners/customers',
      'ftp://a.example/partners/customers',
      'partners/customers',
      '*',
    ]) {
      const answer = await asOf('/partners/customers', target);
      expect([answer.status, answer.body.code], target).toEqual([400, 'malformed_request']);
    }
    expect((await asOf('/partners/customers', '//partners/customers')).status).toBe(404);
    const all = await sendBytes(server.url, { method: 'OPTIONS', target: '*' });
    expect([all.status, all.headers.get('allow')]).toEqual([204, expect.stringContaining('PATCH')]);
  });
});

describe('a slash at the end of a path', () => {
  test('means the path without it, on every kind of route', async () => {
    const { uuid, email } = await createCustomer();
    const paths = [`/partners/customers/${uuid}/`, '/partners/customers/', `/partners/customers/${uuid}/contacts/`];
    for (const target of paths) expect((await send({ method: 'GET', target })).status, target).toBe(200);
    const found = await send({ method: 'GET', target: `/partners/customers/find-by-email/?email=${email}` });
    expect(found.data.customer.uuid).toBe(uuid);
    const body = JSON.stringify(smallCustomer());
    expect((await send({ method: 'POST', target: '/partners/customers/', body })).status).toBe(201);
    const upsert = `/partners/customers/by-external-id/a%2F${uniqueText()}%2F/`;
    const { status, data } = await send({ method: 'PUT', target: upsert, body: JSON.stringify(smallCustomer()) });
    expect([status, data.customer.externalId?.endsWith('/')]).toEqual([201, true]);
    expect((await send({ method: 'GET', target: '/partners/webhooks/' })).status).toBe(200);
    expect((await send({ method: 'POST', target: '/partners/refresh-user-access-token/', body: '{}' })).status).toBe(
      400,
    );
    const page = await fetch(`${server.url}/auth2/authorize-initiate/?clientId=${caller.app.clientId}`);
    expect(page.status).toBe(400);
    const refused = await send({ method: 'PUT', target: '/partners/customers/', body: '{}' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
  });

  test('is signed as it is sent', async () => {
    const timestamp = secondsNow();
    const baseString = `GET:/customers:${timestamp}:`;
    const target = '/partners/customers/';
    expect((await send({ method: 'GET', target, timestamp, baseString })).status).toBe(401);
    expect((await send({ method: 'GET', target, timestamp })).status).toBe(200);
  });

  test('and two of them mean nothing', async () => {
    for (const target of ['/partners/customers//', '/partners//customers', '/partners/customers/find-by-email//']) {
      expect((await send({ method: 'GET', target })).status, target).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('an encoded body', () => {
  test.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip'])(
    'of %s is 415, and told how to send it',
    async (coding) => {
      for (const target of ['/partners/customers', '/oauth/token', '/sign-in']) {
        for (const framing of [{}, { 'transfer-encoding': 'chunked' }]) {
          const type = target.startsWith('/partners') ? 'application/json' : 'application/x-www-form-urlencoded';
          const headers = { 'content-type': type, 'content-encoding': coding, ...framing };
          const answer = await send({ method: 'POST', target, body: '{"a":1}', headers });
          expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity']);
          expect(answer.text).toContain('Content-Encoding');
        }
      }
    },
  );

  test('that is not encoded, or none, is taken', async () => {
    const target = '/partners/customers';
    const body = JSON.stringify(smallCustomer());
    const plain = { 'content-encoding': 'identity' };
    expect((await send({ method: 'POST', target, body, headers: plain })).status).toBe(201);
    expect((await send({ method: 'GET', target, headers: { 'content-encoding': 'gzip' } })).status).toBe(200);
    const empty = { 'transfer-encoding': 'chunked', 'content-encoding': 'gzip' };
    const { uuid } = await createCustomer();
    const deleted = await send({ method: 'DELETE', target: `${target}/${uuid}`, body: '', headers: empty });
    expect(deleted.status).toBe(200);
  });
});

describe('a byte order mark', () => {
  const target = '/partners/customers';

  test.each([
    ['is signed with the bytes', (json: string) => `\ufeff${json}`],
    ['is left out by who signs what JSON.stringify writes', (json: string) => json],
  ])('before JSON is passed over, where it %s', async (_name, signedText) => {
    const json = JSON.stringify(smallCustomer());
    const answer = await send({ method: 'POST', target, body: `\ufeff${json}`, bodyHash: sha256(signedText(json)) });
    expect(answer.status).toBe(201);
  });

  test('is one, before all', async () => {
    for (const body of ['\ufeff\ufeff{}', ' \ufeff{}', '{}\ufeff', '\ufeff']) {
      const answer = await send({ method: 'POST', target, body });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_json']);
    }
  });
});

describe('a header that says who asks, or whom', () => {
  async function raw(lines: readonly string[]) {
    const connection = await openRawConnection(server.url);
    connection.send(`GET /partners/customers HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
    const outcome = await connection.answer();
    connection.cut();
    if (outcome.kind !== 'answer') throw new Error(outcome.kind);
    return { status: outcome.answer.status, code: JSON.parse(outcome.answer.body.toString('utf8')).code };
  }

  test.each(['Host', 'HOST', 'Authorization', 'authorization', 'Content-Type'])('%s counts once', async (name) => {
    const { app, accessToken } = caller;
    const signed = headersOf({ method: 'GET', target: '/partners/customers', app, accessToken });
    const values: Record<string, string> = { ...signed, host: 'a', 'content-type': 'application/json' };
    const lines = Object.entries(values).map(([header, value]) => `${header}: ${value}`);
    expect((await raw(lines)).status).toBe(200);
    for (const second of [values[name.toLowerCase()], 'other']) {
      expect(await raw([...lines, `${name}: ${second}`])).toEqual({ status: 400, code: 'malformed_request' });
      expect(await raw([`${name}: ${second}`, ...lines])).toEqual({ status: 400, code: 'malformed_request' });
    }
  });

  test('Idempotency-Key counts once', async () => {
    const { app, accessToken } = caller;
    const body = JSON.stringify(smallCustomer());
    const signed = headersOf({ method: 'POST', target: '/partners/customers', app, accessToken, body });
    const lines = Object.entries(signed).map(([header, value]) => `${header}: ${value}\r\n`);
    const connection = await openRawConnection(server.url);
    const keys = 'Idempotency-Key: a\r\nIdempotency-Key: b\r\n';
    const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    connection.send(`POST /partners/customers HTTP/1.1\r\nHost: a\r\n${lines.join('')}${keys}${length}\r\n${body}`);
    const outcome = await connection.answer();
    expect(outcome.kind === 'answer' && outcome.answer.status).toBe(400);
    connection.cut();
  });
});

test('a request that nobody signed is 401 whatever its body says it is', async () => {
  const headers = { 'content-type': 'text/plain' };
  const answer = await sendBytes(server.url, { method: 'POST', target: '/partners/customers', headers, body: '<' });
  expect([answer.status, answer.body.code]).toEqual([401, 'missing_credentials']);
});
