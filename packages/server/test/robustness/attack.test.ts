import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAnswerFault } from '../harness/answer-rules.js';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { openRawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type HandMadeRequest, headersOf, hmacHex, secondsNow, sendByHand, sha256 } from '../harness/signed-request.js';

/** How many times as long as an honest request of a mebibyte any other may take. */
const SLOWER = 20;
const MEBIBYTE = 1_048_576;

let server: TestServer;
let caller: Caller;
/** Another team of the same app. */
let neighbour: Caller;
/** Another app, which acts for the first team too. */
let otherApp: Caller;
/** A team without records. */
let nobody: Caller;
/** What an honest mebibyte takes, in milliseconds: a hundred new customers with their contacts. */
let honestMs: number;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  const app = await server.createApp();
  [neighbour, nobody, otherApp] = await Promise.all([
    server.createCaller(),
    server.createCaller(),
    server.createCaller({ app, team: caller.team }),
  ]);
  const times: number[] = [];
  for (let count = 0; count < 3; count++) times.push(await timeOfHonestMebibyte());
  honestMs = Math.max(...times);
});
afterAll(() => server.stop());

type Forged = Omit<HandMadeRequest, 'app'> & { readonly app?: HandMadeRequest['app'] };

function send(request: Forged): Promise<WireAnswer> {
  return sendByHand(server.url, { app: caller.app, accessToken: caller.accessToken, ...request });
}

function expectNoFault({ status, headers, text }: WireAnswer): void {
  const secrets = [caller, neighbour, otherApp].flatMap(({ app, accessToken }) => [app.clientSecret, accessToken]);
  expect(findAnswerFault({ status, requestId: headers.get('x-request-id'), text }, secrets)).toBeUndefined();
}

async function timeOfHonestMebibyte(): Promise<number> {
  const contacts = Array.from({ length: 60 }, (_, index) => ({ name: `Contact ${index}`, phone: '1'.repeat(50) }));
  const row = () => ({ ...smallCustomer(), notes: 'n'.repeat(4_000), contacts });
  const body = { customers: Array.from({ length: 100 }, row) };
  const start = performance.now();
  const { status, data } = await neighbour.post('/customers/bulk', body);
  expect([status, data.successCount]).toEqual([201, 100]);
  return performance.now() - start;
}

async function quickly(call: () => Promise<WireAnswer>): Promise<WireAnswer> {
  const start = performance.now();
  const answer = await call();
  expect(performance.now() - start).toBeLessThan(SLOWER * honestMs);
  expectNoFault(answer);
  return answer;
}

async function createCustomer(by: Caller, fields: object = {}) {
  const { status, data } = await by.post('/customers', smallCustomer(fields));
  expect(status).toBe(201);
  return data.customer;
}

describe('a signature is good for its own request only', () => {
  const timestamp = () => secondsNow();

  test.each<[string, () => Promise<Forged>]>([
    [
      'another method',
      async () => ({ method: 'DELETE', target: await target(), baseString: `GET:${await signed()}:${timestamp()}:` }),
    ],
    [
      'another path',
      async () => ({ method: 'DELETE', target: await target(), baseString: `DELETE:/customers:${timestamp()}:` }),
    ],
    [
      'another body',
      async () => ({
        method: 'PATCH',
        target: await target(),
        body: '{"notes":"changed"}',
        bodyHash: sha256('{"notes":"signed"}'),
      }),
    ],
    [
      'no body, sent with one',
      async () => ({ method: 'PATCH', target: await target(), body: '{"notes":"changed"}', bodyHash: '' }),
    ],
    [
      'an empty object, sent with another',
      async () => ({ method: 'PATCH', target: await target(), body: '{"notes":"changed"}', bodyHash: sha256('{}') }),
    ],
    ['another secret', async () => ({ method: 'DELETE', target: await target(), secret: otherApp.app.clientSecret })],
    ['an empty secret', async () => ({ method: 'DELETE', target: await target(), secret: '' })],
    [
      'another client id',
      async () => ({ method: 'DELETE', target: await target(), headers: { 'x-client-id': otherApp.app.clientId } }),
    ],
    [
      'another timestamp',
      async () => ({ method: 'DELETE', target: await target(), headers: { 'x-timestamp': secondsNow(1) } }),
    ],
    [
      'a truncated signature',
      async () => ({ method: 'DELETE', target: await target(), signature: (s) => s.slice(0, 32) }),
    ],
    ['a longer signature', async () => ({ method: 'DELETE', target: await target(), signature: (s) => `${s}00` })],
    [
      'an upper-case signature',
      async () => ({ method: 'DELETE', target: await target(), signature: (s) => s.toUpperCase() }),
    ],
    [
      'colons moved between the parts',
      async () => ({
        method: 'DELETE',
        target: await target(),
        baseString: `DELETE:${await signed()}:${timestamp()}`,
      }),
    ],
    [
      'JSON that only begins the same',
      async () => ({
        method: 'PATCH',
        target: await target(),
        body: '{"notes":"a"} {"notes":"b"}',
        bodyHash: sha256('{"notes":"a"}'),
      }),
    ],
  ])('not with %s', async (_name, forge) => {
    victim = await createCustomer(caller);
    const answer = await send(await forge());
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('invalid_signature');
    expectNoFault(answer);
    expect((await caller.get(`/customers/${victim.uuid}`)).data.customer).toEqual(victim);
  });

  let victim: { uuid: string };
  const target = async () => `/partners/customers/${victim.uuid}`;
  const signed = async () => `/customers/${victim.uuid}`;

  test('and a write only once', async () => {
    const request = {
      method: 'POST',
      target: '/partners/customers',
      body: JSON.stringify(smallCustomer()),
      timestamp: secondsNow(),
    };
    const { status, data } = await send(request);
    expect(status).toBe(201);
    expect((await caller.delete(`/customers/${data.customer.uuid}`)).status).toBe(200);
    for (const again of await Promise.all([send(request), send(request)])) {
      expect([again.status, again.body.code]).toEqual([401, 'replayed_request']);
    }
  });

  test('and of forty times the same write at once, one', async () => {
    const body = JSON.stringify(smallCustomer());
    const request = { method: 'POST', target: '/partners/customers', body, timestamp: secondsNow() };
    const answers = await Promise.all(Array.from({ length: 40 }, () => send(request)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body: { code } }) => code === 'email_already_exists')).toHaveLength(39);
  });
});

describe('a path leads to one route only', () => {
  test.each([
    '/partners/customers/../customers',
    '/partners/./customers',
    '//partners/customers',
    '/partners//customers',
    '/partners/customers//',
    '/Partners/customers',
    '/partners/CUSTOMERS',
    '/partners%2fcustomers',
    '/partners/customers%00',
    '/partners/customers%2f',
    '/partners/customers;x=1',
    '/partners\\customers',
    '/healthz/../partners/customers',
    '/docs/..%2f..%2fpackage.json',
    '/docs/../../../etc/passwd',
    '/docs/%2e%2e/%2e%2e/package.json',
  ])('%s gets no customers', async (path) => {
    await createCustomer(caller);
    const connection = await openRawConnection(server.url);
    for (const headers of [
      headersOf({ method: 'GET', target: path, app: caller.app, accessToken: caller.accessToken }),
      {},
    ]) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      connection.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n${lines.join('')}\r\n`);
      const outcome = await connection.answer();
      if (outcome.kind !== 'answer') throw new Error(outcome.kind);
      const { status, body } = outcome.answer;
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body.toString('utf8')).not.toMatch(/"customers"|root:|"workspaces"/);
    }
    connection.cut();
  });

  test('/partners/%63ustomers is not reached with the signature of the plain path', async () => {
    const target = '/partners/%63ustomers';
    const answer = await send({ method: 'GET', target, baseString: `GET:/customers:${secondsNow()}:` });
    expect([400, 401, 404]).toContain(answer.status);
  });

  // RFC 9112 §3.2.2: the host of a target is for proxies, and what is asked for is its path, which is what is signed.
  test.each([
    ['/customers', 200],
    ['http://other.example/customers', 401],
    ['//other.example/customers', 401],
    ['/webhooks', 401],
  ])('http://other.example/partners/customers with the signature of %s is answered with %i', async (signed, status) => {
    const target = 'http://other.example/partners/customers';
    const answer = await send({ method: 'GET', target, baseString: `GET:${signed}:${secondsNow()}:` });
    expect(answer.status).toBe(status);
  });

  test.each(['x-http-method-override', 'x-method-override', 'x-http-method'])(
    '%s changes no method',
    async (header) => {
      const { uuid } = await createCustomer(caller);
      await caller.get(`/customers/${uuid}?_method=DELETE`, { headers: { [header]: 'DELETE' } });
      expect((await caller.get(`/customers/${uuid}`)).status).toBe(200);
    },
  );
});

describe('credentials are taken as they are', () => {
  test('none of them is enough alone', async () => {
    const body = JSON.stringify(smallCustomer());
    const all = headersOf({
      method: 'POST',
      target: '/partners/customers',
      body,
      app: caller.app,
      accessToken: caller.accessToken,
    });
    for (const missing of ['x-client-id', 'x-timestamp', 'x-signature', 'authorization']) {
      const answer = await send({
        method: 'POST',
        target: '/partners/customers',
        body,
        headers: { ...all, [missing]: undefined },
      });
      expect(answer.status, missing).toBe(401);
    }
  });

  test.each(['x-client-id', 'x-timestamp', 'x-signature'])('%s given twice is refused', async (name) => {
    const headers = headersOf({
      method: 'GET',
      target: '/partners/customers',
      app: caller.app,
      accessToken: caller.accessToken,
    });
    const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}\r\n`);
    for (const second of [headers[name], otherApp.app.clientId]) {
      const connection = await openRawConnection(server.url);
      connection.send(`GET /partners/customers HTTP/1.1\r\nHost: a\r\n${lines.join('')}${name}: ${second}\r\n\r\n`);
      const outcome = await connection.answer();
      expect(outcome.kind === 'answer' && outcome.answer.status).toBe(401);
      connection.cut();
    }
  });

  test('a token of another app is refused, whoever signs', async () => {
    const answer = await send({ method: 'GET', target: '/partners/customers', accessToken: otherApp.accessToken });
    expect([answer.status, answer.body.code]).toEqual([403, 'client_mismatch']);
  });

  test.each([
    ['a refresh token', (token: string) => `Bearer ${token.replace('cs_at_', 'cs_rt_')}`],
    ['no scheme', (token: string) => token],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['two tokens', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['a token with something behind it', (token: string) => `Bearer ${token} x`],
    ['the hash of the token', (token: string) => `Bearer ${sha256(token)}`],
    ['SQL', () => "Bearer x'%20or%20'1'='1"],
    ['a very long token', () => `Bearer ${'a'.repeat(8_000)}`],
  ])('%s is no token', async (_name, authorization) => {
    const answer = await send({
      method: 'GET',
      target: '/partners/customers',
      headers: { authorization: authorization(caller.accessToken) },
    });
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
    expectNoFault(answer);
  });

  test('wild card, list and SQL are no client id', async () => {
    for (const clientId of [
      '*',
      '%',
      "' or '1'='1",
      '__proto__',
      'constructor',
      `${caller.app.clientId} `,
      caller.app.clientId.toUpperCase(),
    ]) {
      const answer = await send({
        method: 'GET',
        target: '/partners/customers',
        app: { ...caller.app, clientId: clientId.trim() || '*' },
      });
      expect(clientId === `${caller.app.clientId} ` ? [200] : [401]).toContain(answer.status);
    }
  });

  test.each(['NaN', 'Infinity', '-1', '1e10', '0x6553f100', '99999999999999999', '', ' ', '1700000000;', '١٧٠٠٠٠٠٠٠٠'])(
    'a timestamp of "%s" is refused, although it is signed',
    async (odd) => {
      const timestamp = Buffer.from(odd).toString('latin1');
      const answer = await send({ method: 'GET', target: '/partners/customers', timestamp });
      expect(answer.status).toBe(401);
      expectNoFault(answer);
    },
  );
});

describe('a team sees its own records only', () => {
  test('whatever route, id, key or cursor it tries', async () => {
    const contacts = [{ name: 'Thandi' }];
    const externalId = uniqueText('ext-');
    const victim = await createCustomer(neighbour, { contacts, externalId, customer: `Victim ${uniqueText()}` });
    const path = `/customers/${victim.uuid}`;
    const contactPath = `${path}/contacts/${victim.contacts[0]?.uuid}`;
    const answers = await Promise.all([
      caller.get(path),
      caller.get(path.toUpperCase().replace('/CUSTOMERS', '/customers')),
      caller.get(`${path}/contacts`),
      caller.patch(path, { notes: 'stolen' }),
      caller.put(path, { notes: 'stolen' }),
      caller.delete(path),
      caller.post(`${path}/restore`, {}),
      caller.post(`${path}/contacts`, { name: 'Eve' }),
      caller.patch(contactPath, { name: 'Eve' }),
      caller.delete(contactPath),
      caller.get('/customers/find-by-email', { query: { email: victim.email } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    const { data: bulk } = await caller.patch('/customers/bulk', {
      customers: [{ uuid: victim.uuid, notes: 'stolen' }],
    });
    expect(bulk.results).toMatchObject([{ success: false, code: 'customer_not_found' }]);
    const { data: searched } = await caller.get('/customers', { query: { search: victim.customer } });
    expect(searched.pagination.total).toBe(0);
    for (const text of answers.map((answer) => answer.text)) expect(text).not.toContain(victim.email);
    // The same email and external id are free here, and taking them shows nothing of the other's.
    const own = await caller.put(`/customers/by-external-id/${externalId}`, { customer: 'Mine', email: victim.email });
    expect([own.status, own.data.outcome]).toEqual([201, 'created']);
    expect(own.data.customer.uuid).not.toBe(victim.uuid);
    expect((await neighbour.get(path)).data.customer).toEqual(victim);
  });

  test('with a cursor of another team, too', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `Name ${index}`);
    await Promise.all(names.map((customer) => createCustomer(neighbour, { customer })));
    const first = await neighbour.get('/customers', { query: { limit: 2 } });
    const cursor = first.data.pagination.nextCursor ?? '';
    expect(cursor).not.toBe('');
    const { status, data } = await nobody.get('/customers', { query: { cursor } });
    expect(status).toBe(200);
    expect(data.customers).toEqual([]);
    expect(data.pagination.total).toBe(0);
  });

  test('and keys against repetition are a secret between one team and one app', async () => {
    const headers = { 'idempotency-key': uniqueText('key-') };
    const first = smallCustomer();
    const mine = await caller.post('/customers', first, { headers });
    for (const other of [neighbour, otherApp]) {
      const answer = await other.post('/customers', smallCustomer(), { headers });
      expect(answer.status).toBe(201);
      expect(answer.headers.has('idempotency-replayed')).toBe(false);
      expect(answer.data.customer.uuid).not.toBe(mine.data.customer.uuid);
    }
    const reused = await caller.post('/customers', smallCustomer(), { headers });
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(reused.text).not.toContain(first.email);
  });

  test.each([
    ['letters that are no cursor', 'abc'],
    ['an empty object', Buffer.from('{}').toString('base64url')],
    ['SQL', Buffer.from("na1.00000000000000000000000000000000.' or 1=1 --").toString('base64url')],
    ['NUL', Buffer.from('na1.00000000000000000000000000000000.\0').toString('base64url')],
    ['a page beyond all numbers', Buffer.from(`na${'9'.repeat(30)}.${'0'.repeat(32)}.a`).toString('base64url')],
    ['two thousand characters', 'a'.repeat(2_000)],
  ])('a forged cursor of %s finds nothing foreign', async (_name, cursor) => {
    const answer = await nobody.get('/customers', { query: { cursor } });
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 200) expect(answer.data.customers).toEqual([]);
    expectNoFault(answer);
  });
});

describe('texts are texts', () => {
  const ODD_TEXTS = [
    `'; drop table customers; --`,
    `" OR "a`,
    `a" NEAR("b" "c") *`,
    'name:acme',
    '^acme',
    '- acme',
    '{name email} : acme',
    'a AND NOT b',
    '%',
    '_',
    '%%%',
    '\\',
    '\\u0000',
    '*',
    '(((',
    '""',
    "''",
    '?1',
    ':name',
    '$x',
    '\u001f\u001f',
    '\u{10ffff}',
    '\u{1f600}\u{1f600}',
    'ﷺ',
    '<script>alert(1)</script>',
    '\u0024{jndi:ldap://a}',
    '{{7*7}}',
    '../../../etc/passwd',
    'a\r\nSet-Cookie: b=c',
  ];

  test.each(ODD_TEXTS)('%j is stored, searched and found as it is', async (text) => {
    const name = `x${text}x`;
    const externalId = `${text}${uniqueText()}`;
    const customer = await createCustomer(caller, {
      customer: name,
      externalId,
      notes: text,
      metadata: { [text]: text },
    });
    expect(customer).toMatchObject({ customer: name.trim(), externalId, notes: text, metadata: { [text]: text } });
    const { data, status } = await caller.get('/customers', {
      query: { search: text, limit: 100, orderBy: 'createdAt', orderDirection: 'DESC' },
    });
    expect(status).toBe(200);
    expect(data.customers).toContainEqual(customer);
    for (const found of data.customers) {
      const searched = [found.customer, found.email, found.mainPhone ?? ''].join('\n').toLowerCase();
      expect(searched).toContain(text.toLowerCase());
    }
    const upsert = await caller.put(`/customers/by-external-id/${encodeURIComponent(externalId)}`, {
      paymentTerm: 'Net 30',
    });
    expect([upsert.status, upsert.data.customer?.uuid]).toEqual([200, customer.uuid]);
  });

  test('one letter that stands for hundreds of pieces is searched for, and so is one that stands for too many', async () => {
    const fresh = await server.createCaller();
    const pieces = (letter: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${letter}${String.fromCodePoint(0x4e00 + index)}`).join('');
    for (const [letter, count] of [
      ['ǀ', 100],
      ['ǁ', 250],
      ['ǂ', 490],
      ['ǃ', 700],
    ] as const) {
      // A name has 255 characters: a hundred pieces each.
      for (let first = 0; first < count; first += 100) {
        const name = pieces(letter, count).slice(first * 2, first * 2 + 200);
        await createCustomer(fresh, { customer: name });
      }
      const answer = await quickly(() => fresh.get('/customers', { query: { search: letter, limit: 100 } }));
      expect(answer.status).toBe(200);
      expect(answer.data.pagination.total).toBe(Math.ceil(count / 100));
    }
  });

  test('X-Request-Id brings nothing into the head of the answer', async () => {
    for (const id of ['a b', 'a,b', 'a;b', '<a>', '"', 'é', 'a'.repeat(129), '%0d%0aSet-Cookie:%20a=b']) {
      const answer = await caller.get('/customers', {
        headers: { 'x-request-id': Buffer.from(id).toString('latin1') },
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-request-id')).not.toBe(id);
      expect(answer.headers.has('set-cookie')).toBe(false);
    }
  });

  test('names from the inside of JavaScript are unknown fields, and change no other request', async () => {
    const raw = JSON.stringify(smallCustomer()).replace(
      /\}$/,
      ',"__proto__":{"status":"inactive","isAdmin":true},"constructor":{"prototype":{"notes":"polluted"}},"metadata":{"__proto__":"kept","toString":"kept"}}',
    );
    const answer = await caller.send('POST', '/customers', {
      rawBody: raw,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    expect(answer.data.customer.status).toBe('active');
    expect(Object.entries(answer.data.customer.metadata)).toEqual([
      ['__proto__', 'kept'],
      ['toString', 'kept'],
    ]);
    const patched = await caller.patch(`/customers/${answer.data.customer.uuid}`, { notes: 'n' });
    expect(patched.data.customer.metadata).toEqual(answer.data.customer.metadata);
    const plain = await createCustomer(caller);
    expect(plain).toMatchObject({ status: 'active', notes: null });
    expect(answer.data._partnerWarnings?.map(({ field }) => field).sort()).toEqual(['__proto__', 'constructor']);
  });

  test('half of a surrogate pair, NUL and numbers without an end are errors of their field', async () => {
    const cases = {
      email: '"\\ud800@mail.example"',
      customer: '"\\u0000"',
      website: '"\\udfff"',
      taxes: '[1e999]',
      metadata: '{"\\ud800":"a"}',
      contacts: '[{"email":"\\ud800"}]',
    };
    for (const [field, value] of Object.entries(cases)) {
      const { [field]: _replaced, ...others } = { ...smallCustomer() } as Record<string, unknown>;
      const rawBody = `{${JSON.stringify(others).slice(1, -1)},"${field}":${value}}`;
      const answer = await caller.send('POST', '/customers', {
        rawBody,
        headers: { 'content-type': 'application/json' },
      });
      expect([answer.status, answer.body.code], field).toEqual([400, 'validation_error']);
      expect(
        answer.body.errors?.every((error) => error.field.startsWith(field)),
        field,
      ).toBe(true);
    }
  });
});

describe('a request of a mebibyte is answered soon, and with an answer that is not much larger', () => {
  const send = (rawBody: string, path = '/customers', method = 'POST') =>
    quickly(() => caller.send(method, path, { rawBody, headers: { 'content-type': 'application/json' } }));
  const fill = (piece: string, separator = ',') =>
    Array(Math.floor((MEBIBYTE - 2_000) / (piece.length + separator.length)))
      .fill(piece)
      .join(separator);
  const required = '"customer":"Acme","email":"a@mail.example"';

  test.each([
    ['arrays in arrays', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
    ['objects in objects', (depth: number) => `${'{"a":'.repeat(depth / 3)}1${'}'.repeat(depth / 3)}`],
  ])('%s, wherever they stand', async (_name, nest) => {
    const deep = nest(MEBIBYTE / 2 - 1_000);
    const customer = () => JSON.stringify(smallCustomer()).slice(1, -1);
    const bodies = [
      deep,
      ...['customer', 'email', 'taxes', 'metadata', 'billingAddress', 'contacts', 'externalId', 'unknown'].map(
        (field) => `{${customer()},"${field}":${deep}}`,
      ),
      `{${customer()},"contacts":[${deep}]}`,
      `{${customer()},"contacts":[{"name":"a","email":${deep}}]}`,
    ];
    for (const body of bodies) expect([201, 400]).toContain((await send(body)).status);
    for (const body of [`{"customers":[${deep}]}`, `{"customers":${deep}}`]) {
      expect([201, 400]).toContain((await send(body, '/customers/bulk')).status);
    }
    const { uuid } = await createCustomer(caller);
    const writes = [
      ['PUT', `/customers/by-email/${uniqueEmail()}`, 201],
      ['PATCH', `/customers/${uuid}`, 200],
      ['POST', `/customers/${uuid}/contacts`, 201],
    ] as const;
    for (const [method, path, status] of writes) {
      const answer = await send(`{"customer":"Acme","name":"Thandi","unknown":${deep}}`, path, method);
      expect(answer.status, path).toBe(status);
      expect(answer.data._partnerWarnings?.map(({ field }) => field)).toContain('unknown');
    }
    for (const part of ['billingAddress', 'shippingAddress']) {
      const answer = await send(`{"${part}":{"city":"Bern","unknown":${deep}}}`, `/customers/${uuid}`, 'PATCH');
      expect([answer.status, answer.data._partnerWarnings?.[0]?.field]).toEqual([200, `${part}.unknown`]);
    }
    const row = `{"customers":[{"uuid":"${uuid}","unknown":${deep}}]}`;
    expect((await send(row, '/customers/bulk', 'PATCH')).data.successCount).toBe(1);
  });

  test.each([
    ['website', `a${'.'.repeat(900_000)}:x`],
    ['website', `${'a.'.repeat(450_000)}:99999x`],
    ['website', `http://${'a'.repeat(900_000)}`],
    ['website', `http://${'%'.repeat(900_000)}`],
    ['email', `${'a'.repeat(900_000)}@`],
    ['email', `${'a.'.repeat(450_000)}@b.example`],
    ['email', `a@${'b.'.repeat(450_000)}`],
    ['email', `a@${'b-'.repeat(450_000)}example`],
    ['email', '@'.repeat(900_000)],
    ['email', `"${'\\'.repeat(400_000)}"@b.example`],
    ['mainPhone', '1'.repeat(900_000)],
    ['notes', ' '.repeat(900_000)],
  ])('a long %s', async (field, value) => {
    const { status, body, text } = await send(JSON.stringify({ ...smallCustomer(), [field]: value }));
    expect([status, body.code]).toEqual([400, 'validation_error']);
    expect(text.length).toBeLessThan(2_000);
  });

  test('a name of blanks only', async () => {
    expect((await send(JSON.stringify({ ...smallCustomer(), customer: ' '.repeat(900_000) }))).status).toBe(400);
  });

  test.each([
    ['wrong contacts', (pieces: string) => `{${required},"contacts":[${pieces}]}`, '1'],
    ['empty contacts', (pieces: string) => `{${required},"contacts":[${pieces}]}`, '{}'],
    ['contacts with NUL', (pieces: string) => `{${required},"contacts":[${pieces}]}`, '{"name":"\\u0000"}'],
    ['wrong taxes', (pieces: string) => `{${required},"taxes":[${pieces}]}`, '""'],
    ['wrong rows', (pieces: string) => `{"customers":[${pieces}]}`, '1'],
  ])('with too many %s', async (name, around, piece) => {
    const answer = await send(around(fill(piece)), name === 'wrong rows' ? '/customers/bulk' : '/customers');
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
    expect(answer.body.errors?.map(({ code }) => code)).toContain('too_many_items');
    expect(answer.text.length).toBeLessThan(2_000);
  });

  test('with too many keys in metadata', async () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `"${index.toString(36)}":1`).join(',');
    const answer = await send(`{${required},"metadata":{${keys}}}`);
    expect(answer.body.errors?.map(({ code }) => code)).toContain('too_many_keys');
    expect(answer.text.length).toBeLessThan(2_000);
  });

  test('with a hundred contacts, each wrong in every field', async () => {
    const contact = { firstName: 1, lastName: 2, name: 3, email: 4, phone: 5, isPrimary: 'yes' };
    const answer = await send(JSON.stringify({ ...smallCustomer(), contacts: Array(100).fill(contact) }));
    expect(answer.body.errors).toHaveLength(101);
    expect(answer.body.errors?.at(-1)?.message).toBe('… and 500 more.');
    expect(answer.text.length).toBeLessThan(MEBIBYTE);
  });

  test('with a hundred rows of a hundred contacts, each wrong', async () => {
    const row = { ...smallCustomer(), contacts: Array(100).fill({ name: 1, email: 'a', phone: 2 }) };
    const answer = await send(JSON.stringify({ customers: Array(100).fill(row) }), '/customers/bulk');
    expect([answer.status, answer.data.errorCount]).toEqual([201, 100]);
    expect(answer.text.length).toBeLessThan(1.2 * MEBIBYTE);
  });

  test('with a hundred rows that are too long in themselves', async () => {
    const row = { ...smallCustomer(), contacts: Array(5_000).fill(1) };
    const answer = await send(JSON.stringify({ customers: Array(100).fill(row) }), '/customers/bulk');
    expect([answer.status, answer.data.errorCount]).toEqual([201, 100]);
    expect(answer.text.length).toBeLessThan(50_000);
  });

  test('with unknown fields only, wherever they stand', async () => {
    const fields = Array.from({ length: 80_000 }, (_, index) => `"${index.toString(36)}":0`).join(',');
    for (const body of [
      fields,
      `"billingAddress":{"city":"Bern",${fields}}`,
      `"contacts":[{"name":"Thandi",${fields}}]`,
      `"${'k'.repeat(900_000)}":1`,
    ]) {
      const answer = await send(`{${required.replace('a@', `${uniqueText()}@`)},${body}}`);
      expect(answer.status).toBe(201);
      expect(answer.text.length).toBeLessThan(50_000);
    }
  });

  test('with one name eighty thousand times', async () => {
    const { status } = await send(
      `{${required.replace('a@', `${uniqueText()}@`)},${Array(80_000).fill('"notes":"a"').join(',')}}`,
    );
    expect(status).toBe(201);
  });
});

describe('what is remembered has bounds', () => {
  test('two thousand client ids, tokens and signatures that nobody knows leave a server that serves', async () => {
    const memory = async () =>
      Number(/^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);
    const random = () => randomBytes(500).toString('hex');
    const guess = (index: number) =>
      index % 2 === 0
        ? send({ method: 'GET', target: '/partners/customers', app: { clientId: random(), clientSecret: 'x' } })
        : send({ method: 'GET', target: '/partners/customers', accessToken: random() });
    const before = await memory();
    for (let round = 0; round < 40; round++) {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => guess(index)));
      for (const { status } of answers) expect(status).toBe(401);
    }
    expect((await caller.get('/customers')).status).toBe(200);
    expect((await memory()) - before).toBeLessThan(150 * MEBIBYTE);
  });

  test('guessing from one address is slowed down, and for a minute only', async () => {
    const guarded = await startServer({ environment: { COUNTERSIGN_AUTH_FAILURE_LIMIT: '5' } });
    try {
      const own = await guarded.createCaller();
      const guess = () =>
        sendByHand(guarded.url, {
          method: 'GET',
          target: '/partners/customers',
          app: own.app,
          accessToken: own.accessToken,
          secret: 'guess',
        });
      const statuses: number[] = [];
      for (let count = 0; count < 8; count++) statuses.push((await guess()).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
      // A header that anybody can send names no other address.
      const disguised = await sendByHand(guarded.url, {
        method: 'GET',
        target: '/partners/customers',
        app: own.app,
        secret: 'guess',
        headers: { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' },
      });
      expect(disguised.status).toBe(429);
      expect(Number(disguised.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    } finally {
      await guarded.stop();
    }
  });

  test('a server that explains signatures is not brought down by what it explains', async () => {
    const explaining = await startServer({ environment: { COUNTERSIGN_DEVELOPMENT: 'true' } });
    try {
      const own = await explaining.createCaller();
      const bodies = [
        ...[1_000, 5_000, 20_000, 500_000].map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
        `{"a":"${'x'.repeat(1_000_000)}"}`,
        `[${Array(300_000).fill('1').join()}]`,
      ];
      for (const body of bodies) {
        const start = performance.now();
        const answer = await sendByHand(explaining.url, {
          method: 'POST',
          target: '/partners/customers',
          body,
          app: own.app,
          accessToken: own.accessToken,
          signature: () => hmacHex('wrong', body),
        });
        expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
        expect(answer.text).not.toContain(own.app.clientSecret);
        expect(performance.now() - start).toBeLessThan(SLOWER * honestMs);
      }
      expect(explaining.log()).toBe('');
    } finally {
      await explaining.stop();
    }
  });
});

test('all of this leaves a server that serves, and no error in its log', async () => {
  expect((await caller.get('/customers')).status).toBe(200);
  expect(await server.end('SIGTERM')).toBe(0);
  expect(server.log()).toBe('');
});
