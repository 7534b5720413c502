import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const withKey = (key = uniqueText('key-'), more: Record<string, string> = {}) => ({
  headers: { 'idempotency-key': key, ...more },
});
const created = async (fields: object = {}) => (await caller.post('/customers', smallCustomer(fields))).data.customer;
const read = async (uuid: string) => (await caller.get(`/customers/${uuid}`)).data.customer;

/** The same answer again, byte for byte, marked as such. */
function expectReplay(first: WireAnswer, again: WireAnswer): void {
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  for (const name of ['etag', 'location', 'content-type'])
    expect(again.headers.get(name)).toBe(first.headers.get(name));
}

describe('the same request with the same key', () => {
  test('creates once and gives the first answer again', async () => {
    const [input, key] = [smallCustomer({ customer: 'Zoë 🧾' }), withKey()];
    const first = await caller.post('/customers', input, key);
    expect(first.status).toBe(201);
    const again = await caller.post('/customers', input, key);
    expectReplay(first, again);
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  test('gives the first answer also after the record has changed and gone', async () => {
    const [input, key] = [smallCustomer(), withKey()];
    const first = await caller.post('/customers', input, key);
    await caller.patch(`/customers/${first.data.customer.uuid}`, { notes: 'later' });
    expectReplay(first, await caller.post('/customers', input, key));
    await caller.delete(`/customers/${first.data.customer.uuid}`);
    expectReplay(first, await caller.post('/customers', input, key));
    expect((await caller.get('/customers/find-by-email', { query: { email: input.email } })).status).toBe(404);
  });

  test.each(['PUT', 'PATCH'])('changes once by %s', async (method) => {
    const { uuid } = await created();
    const key = withKey();
    const send = () => caller.send(method, `/customers/${uuid}`, { body: { notes: 'one' }, ...key });
    const first = await send();
    await caller.patch(`/customers/${uuid}`, { notes: 'two' });
    expectReplay(first, await send());
    expect(await read(uuid)).toMatchObject({ notes: 'two', version: 3 });
  });

  test('deletes and restores once', async () => {
    const { uuid } = await created();
    const [deleteKey, restoreKey] = [withKey(), withKey()];
    const deleted = await caller.delete(`/customers/${uuid}`, deleteKey);
    const restored = await caller.post(`/customers/${uuid}/restore`, undefined, restoreKey);
    expectReplay(deleted, await caller.delete(`/customers/${uuid}`, deleteKey));
    expect((await read(uuid)).version).toBe(3);
    expectReplay(restored, await caller.post(`/customers/${uuid}/restore`, undefined, restoreKey));
  });

  test('does a bulk call once', async () => {
    const [body, key] = [{ customers: [smallCustomer(), {}] }, withKey()];
    expectReplay(await caller.post('/customers/bulk', body, key), await caller.post('/customers/bulk', body, key));
    const { uuid } = await created();
    const [update, updateKey] = [{ customers: [{ uuid, notes: 'x' }] }, withKey()];
    expectReplay(
      await caller.patch('/customers/bulk', update, updateKey),
      await caller.patch('/customers/bulk', update, updateKey),
    );
    expect((await read(uuid)).version).toBe(2);
  });

  test('adds a contact once', async () => {
    const { uuid } = await created();
    const key = withKey();
    const add = () => caller.post(`/customers/${uuid}/contacts`, { name: 'A' }, key);
    expectReplay(await add(), await add());
    expect((await read(uuid)).contacts.length).toBe(1);
  });

  test('upserts once', async () => {
    const [path, input, key] = [`/customers/by-external-id/${uniqueText()}`, smallCustomer(), withKey()];
    const first = await caller.put(path, input, key);
    const again = await caller.put(path, input, key);
    expectReplay(first, again);
    expect(again.data.outcome).toBe('created');
  });

  test('at once, twenty times, creates once and answers all alike', async () => {
    const [input, key] = [smallCustomer(), withKey()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => caller.post('/customers', input, key)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(answers.filter(({ headers }) => headers.has('idempotency-replayed')).length).toBe(19);
  });

  test('survives a restart of the server', async () => {
    const own = await startServer();
    try {
      const by = await own.createCaller();
      const [input, key] = [smallCustomer(), withKey()];
      const first = await by.post('/customers', input, key);
      expect(first.status).toBe(201);
      expect(await own.end('SIGKILL')).toBeNull();
      await own.restart();
      expectReplay(first, await by.post('/customers', input, key));
      expect((await by.get(`/customers/${first.data.customer.uuid}`)).data.customer).toEqual(first.data.customer);
    } finally {
      await own.stop();
    }
  });
});

describe('a refusal', () => {
  test('of a field is kept: the same key answers the same, the same fields with another key are looked at again', async () => {
    const key = withKey(undefined, { 'x-request-id': 'first' });
    const first = await caller.post('/customers', { customer: '' }, key);
    expect(first.body).toMatchObject({ code: 'validation_error', requestId: 'first' });
    const again = await caller.post(
      '/customers',
      { customer: '' },
      { headers: { ...key.headers, 'x-request-id': 'second' } },
    );
    expectReplay(first, again);
    expect(again.headers.get('x-request-id')).toBe('second');
  });

  test('because of a taken email is kept, also when the email is free by then', async () => {
    const holder = await created();
    const [input, key] = [smallCustomer({ email: holder.email }), withKey()];
    const first = await caller.post('/customers', input, key);
    expect(first.status).toBe(409);
    await caller.delete(`/customers/${holder.uuid}`);
    expectReplay(first, await caller.post('/customers', input, key));
    expect((await caller.post('/customers', input, withKey())).status).toBe(201);
  });

  test('because of a version or an absent record is kept', async () => {
    const { uuid } = await created();
    const stale = withKey(undefined, { 'if-match': '"9"' });
    const path = `/customers/${uuid}`;
    expectReplay(await caller.patch(path, { notes: 'x' }, stale), await caller.patch(path, { notes: 'x' }, stale));
    const [absent, key] = ['/customers/00000000-0000-4000-8000-000000000000', withKey()];
    expectReplay(await caller.delete(absent, key), await caller.delete(absent, key));
  });

  test('of an atomic bulk call is kept, and nothing of the call', async () => {
    const good = smallCustomer();
    const [body, key] = [{ customers: [good, {}], mode: 'atomic' }, withKey()];
    const first = await caller.post('/customers/bulk', body, key);
    expect(first.status).toBe(400);
    expectReplay(first, await caller.post('/customers/bulk', body, key));
    expect((await caller.get('/customers/find-by-email', { query: { email: good.email } })).status).toBe(404);
  });
});

describe('the same key with another request', () => {
  test.each<[string, (uuid: string, key: ReturnType<typeof withKey>) => Promise<WireAnswer>]>([
    ['body', (uuid, key) => caller.patch(`/customers/${uuid}`, { notes: 'other' }, key)],
    [
      'white space in the body',
      (uuid, key) => caller.send('PATCH', `/customers/${uuid}`, { rawBody: '{ "notes":"x"}', ...key }),
    ],
    ['method', (uuid, key) => caller.put(`/customers/${uuid}`, { notes: 'x' }, key)],
    ['path', (_, key) => caller.patch('/customers/00000000-0000-4000-8000-000000000000', { notes: 'x' }, key)],
    [
      'If-Match',
      (uuid, key) =>
        caller.patch(`/customers/${uuid}`, { notes: 'x' }, { headers: { ...key.headers, 'if-match': '"1"' } }),
    ],
  ])('is refused and changes nothing: another %s', async (_, other) => {
    const { uuid } = await created();
    const key = withKey();
    expect((await caller.patch(`/customers/${uuid}`, { notes: 'x' }, key)).status).toBe(200);
    const answer = await other(uuid, key);
    expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(await read(uuid)).toMatchObject({ notes: 'x', version: 2 });
  });
});

test('clients and teams do not share keys', async () => {
  const app = await server.createApp();
  const [sameTeam, sameApp] = await Promise.all([
    server.createCaller({ app, team: caller.team }),
    server.createCaller({ app: caller.app }),
  ]);
  const key = withKey();
  const inputs = [smallCustomer(), smallCustomer(), smallCustomer()];
  const callers = [caller, sameTeam, sameApp];
  for (const [index, by] of callers.entries()) {
    const answer = await by.post('/customers', inputs[index], key);
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([201, null]);
  }
  for (const [index, by] of callers.entries()) {
    const answer = await by.post('/customers', inputs[index], key);
    expect([answer.headers.get('idempotency-replayed'), answer.data.customer.email]).toEqual([
      'true',
      inputs[index]?.email,
    ]);
  }
});

describe('a key', () => {
  test.each(['!', '~'.repeat(255), uniqueText('{"a":1}')])(
    'may be any 1 to 255 visible ASCII characters: %s',
    async (text) => {
      expect((await caller.post('/customers', smallCustomer(), withKey(text))).status).toBe(201);
    },
  );

  test.each(['', ' ', 'a b', 'x'.repeat(256), 'schlüssel', 'a\tb'])(
    'is refused when it is %j, and nothing is done',
    async (text) => {
      const input = smallCustomer();
      const answer = await caller.post('/customers', input, withKey(Buffer.from(text).toString('latin1')));
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
      expect(answer.body.errors?.[0]?.field).toBe('Idempotency-Key');
      expect((await caller.get('/customers/find-by-email', { query: { email: input.email } })).status).toBe(404);
    },
  );

  test('means nothing to a read', async () => {
    const key = withKey();
    expect((await caller.get('/customers', key)).status).toBe(200);
    expect((await caller.get('/customers?limit=1', key)).status).toBe(200);
  });

  test('of a request that was not let in is not used up', async () => {
    const key = withKey();
    const refused = await caller.post('/customers', {}, { headers: { ...key.headers, authorization: 'Bearer x' } });
    expect(refused.status).toBe(401);
    expect((await caller.post('/customers', smallCustomer(), key)).status).toBe(201);
  });
});
