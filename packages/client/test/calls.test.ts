import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Client, CountersignError, type Customer, hasErrorCode } from '../src/index.js';
import { openRecordingServer, refusal, success } from './recording-server.js';

const uuid = '7b0c7d0e-9f64-4d7c-8a55-3f0c2b1a9e11';
const contactUuid = '0d1f6a52-7f0e-4c0b-9a3e-6f7a1f7f0c11';
const customer = { uuid, id: uuid, customer: 'Acme', email: 'accounts@acme.example', version: 1 };
const contact = { uuid: contactUuid, name: 'Thandi Nkosi', isPrimary: true };
const candidate = { uuid, customer: 'Acme', email: 'accounts@acme.example', score: 0.99, reasons: ['name', 'phone'] };
const deleted = { uuid, id: uuid, deleted: true };
const input = { customer: 'Acme', email: 'accounts@acme.example' };
const bulk = { successCount: 1, errorCount: 0, results: [{ index: 0, success: true, customer }] };

interface Row {
  readonly name: string;
  readonly call: (client: Client) => Promise<{ data: unknown } | undefined>;
  readonly sent: string;
  readonly body?: unknown;
  readonly answered: unknown;
  readonly data: unknown;
}

const row = (name: string, call: Row['call'], wire: Omit<Row, 'name' | 'call'>): Row => ({ name, call, ...wire });

const ROWS: Row[] = [
  row('create', (c) => c.customers.create(input), {
    sent: 'POST /customers',
    body: input,
    answered: { customer },
    data: customer,
  }),
  row('findByEmail', (c) => c.customers.findByEmail('a+b@acme.example'), {
    sent: 'GET /customers/find-by-email?email=a%2Bb%40acme.example',
    answered: { customer },
    data: customer,
  }),
  row('get', (c) => c.customers.get(uuid), {
    sent: `GET /customers/${uuid}`,
    answered: { customer },
    data: customer,
  }),
  row('list', (c) => c.customers.list({ search: '50%_é', limit: 5, orderBy: 'email', orderDirection: 'DESC' }), {
    sent: 'GET /customers?search=50%25_%C3%A9&limit=5&orderBy=email&orderDirection=DESC',
    answered: { customers: [customer], pagination: { page: 1 } },
    data: { customers: [customer], pagination: { page: 1 } },
  }),
  row('update', (c) => c.customers.update(uuid, { notes: null }), {
    sent: `PATCH /customers/${uuid}`,
    body: { notes: null },
    answered: { customer },
    data: customer,
  }),
  row('delete', (c) => c.customers.delete(uuid), {
    sent: `DELETE /customers/${uuid}`,
    answered: deleted,
    data: deleted,
  }),
  row('restore', (c) => c.customers.restore(uuid), {
    sent: `POST /customers/${uuid}/restore`,
    body: {},
    answered: { customer },
    data: customer,
  }),
  row('erase', (c) => c.customers.erase(uuid), {
    sent: `POST /customers/${uuid}/erase`,
    body: {},
    answered: { uuid, erased: true },
    data: { uuid, erased: true },
  }),
  row('disclosure', (c) => c.customers.disclosure(uuid), {
    sent: `GET /customers/${uuid}/disclosure`,
    answered: { customer, isComplete: true },
    data: { customer, isComplete: true },
  }),
  row('bulkCreate', (c) => c.customers.bulkCreate([input]), {
    sent: 'POST /customers/bulk',
    body: { customers: [input] },
    answered: bulk,
    data: bulk,
  }),
  row('bulkUpdate, atomic', (c) => c.customers.bulkUpdate([{ uuid, status: 'inactive' }], { mode: 'atomic' }), {
    sent: 'PATCH /customers/bulk',
    body: { customers: [{ uuid, status: 'inactive' }], mode: 'atomic' },
    answered: bulk,
    data: bulk,
  }),
  row('upsertByExternalId', (c) => c.customers.upsertByExternalId('crm/1', input), {
    sent: 'PUT /customers/by-external-id/crm%2F1',
    body: input,
    answered: { customer, outcome: 'created' },
    data: { customer, outcome: 'created' },
  }),
  row('upsertByEmail', (c) => c.customers.upsertByEmail('a@acme.example', { mainPhone: null }), {
    sent: 'PUT /customers/by-email/a%40acme.example',
    body: { mainPhone: null },
    answered: { customer, outcome: 'unchanged' },
    data: { customer, outcome: 'unchanged' },
  }),
  row('merge', (c) => c.customers.merge(uuid, [contactUuid], { fields: { notes: uuid }, dryRun: true }), {
    sent: `POST /customers/${uuid}/merge`,
    body: { from: [contactUuid], fields: { notes: uuid }, dryRun: true },
    answered: { customer, merged: [contactUuid], dryRun: true },
    data: { customer, merged: [contactUuid], dryRun: true },
  }),
  row('unmerge', (c) => c.customers.unmerge(uuid, contactUuid), {
    sent: `POST /customers/${uuid}/unmerge`,
    body: { uuid: contactUuid },
    answered: { customer, unmerged: customer, kept: [] },
    data: { customer, unmerged: customer, kept: [] },
  }),
  row('match', (c) => c.customers.match([input]), {
    sent: 'POST /customers/match',
    body: { customers: [input] },
    answered: { results: [{ index: 0, candidates: [candidate] }] },
    data: [{ index: 0, candidates: [candidate] }],
  }),
  row('duplicates', (c) => c.customers.duplicates(uuid), {
    sent: `GET /customers/${uuid}/duplicates`,
    answered: { candidates: [candidate] },
    data: [candidate],
  }),
  row('duplicateGroups', (c) => c.customers.duplicateGroups({ limit: 5, cursor: 'abc' }), {
    sent: 'GET /customers/duplicates?limit=5&cursor=abc',
    answered: { groups: [], pagination: { limit: 5, hasMore: false, nextCursor: null } },
    data: { groups: [], pagination: { limit: 5, hasMore: false, nextCursor: null } },
  }),
  row('notDuplicates', (c) => c.customers.notDuplicates(uuid, [contactUuid]), {
    sent: `POST /customers/${uuid}/not-duplicates`,
    body: { uuids: [contactUuid] },
    answered: { uuid, count: 1 },
    data: { uuid, count: 1 },
  }),
  row('contacts.list', (c) => c.contacts.list(uuid), {
    sent: `GET /customers/${uuid}/contacts`,
    answered: { contacts: [contact] },
    data: [contact],
  }),
  row('contacts.create', (c) => c.contacts.create(uuid, { name: 'Thandi Nkosi' }), {
    sent: `POST /customers/${uuid}/contacts`,
    body: { name: 'Thandi Nkosi' },
    answered: { contact },
    data: contact,
  }),
  row('contacts.update', (c) => c.contacts.update({ customerUuid: uuid, contactUuid }, { isPrimary: true }), {
    sent: `PATCH /customers/${uuid}/contacts/${contactUuid}`,
    body: { isPrimary: true },
    answered: { contact },
    data: contact,
  }),
  row('contacts.delete', (c) => c.contacts.delete({ customerUuid: uuid, contactUuid }), {
    sent: `DELETE /customers/${uuid}/contacts/${contactUuid}`,
    answered: deleted,
    data: deleted,
  }),
];

test.each(ROWS)('$name sends $sent', async ({ call, sent, body, answered, data }) => {
  const server = await openRecordingServer([success(answered)]);
  const result = await call(server.client());
  const [request] = server.received;
  expect(`${request?.method} ${request?.target.replace('/partners', '')}`).toBe(sent);
  expect(request?.body).toBe(body === undefined ? '' : JSON.stringify(body));
  expect(result?.data).toEqual(data);
});

describe('a result', () => {
  test('gives warnings, etag, request id and rate limit beside the data', async () => {
    const warning = { field: 'emial', reason: 'unknown_field', message: 'emial is not a field of a customer.' };
    const headers = {
      etag: '"1"',
      'x-request-id': 'req-1',
      'ratelimit-limit': '100',
      'ratelimit-remaining': '99',
      'ratelimit-reset': '60',
    };
    const server = await openRecordingServer([success({ customer, _partnerWarnings: [warning] }, headers, 201)]);
    const result = await server.client().customers.create(input);
    expectTypeOf(result.data).toEqualTypeOf<Customer>();
    expect(result).toEqual({
      data: customer,
      warnings: [warning],
      etag: '"1"',
      requestId: 'req-1',
      rateLimit: { limit: 100, remaining: 99, resetSeconds: 60 },
      replayed: false,
      status: 201,
    });
  });

  test('keeps warnings out of data that is given whole', async () => {
    const server = await openRecordingServer([success({ ...bulk, _partnerWarnings: [] })]);
    expect((await server.client().customers.bulkCreate([input])).data).toEqual(bulk);
  });

  test('has no warnings and no rate limit where the server sent none', async () => {
    const server = await openRecordingServer([success({ customer })]);
    const result = await server.client().customers.get(uuid);
    expect(result).toMatchObject({ warnings: [], rateLimit: undefined, etag: undefined, requestId: undefined });
  });
});

describe('conditional calls', () => {
  test('findIfChanged gives undefined for 304', async () => {
    const server = await openRecordingServer([{ status: 304 }, success({ customer }, { etag: '"2"' })]);
    const client = server.client();
    expect(await client.customers.findIfChanged(uuid, { ifNoneMatch: '"1"' })).toBeUndefined();
    expect((await client.customers.findIfChanged(uuid, { ifNoneMatch: '"1"' }))?.etag).toBe('"2"');
    expect(server.received[0]?.headers['if-none-match']).toBe('"1"');
  });

  test('ifMatch is sent, and a version mismatch is an error with that code', async () => {
    const server = await openRecordingServer([refusal(412, 'version_mismatch')]);
    const call = server
      .client()
      .customers.update(uuid, { notes: 'x' }, { ifMatch: '"1"', headers: { 'X-Trace': 't' } });
    await expect(call).rejects.toMatchObject({ code: 'version_mismatch' });
    expect(server.received[0]?.headers).toMatchObject({ 'if-match': '"1"', 'x-trace': 't' });
  });
});

describe('listAll', () => {
  const page = (names: string[], nextCursor: string | null) =>
    success({ customers: names.map((name) => ({ ...customer, customer: name })), pagination: { nextCursor } });

  test('follows the cursor to the end, across an empty page', async () => {
    const server = await openRecordingServer([page(['a', 'b'], 'c1'), page([], 'c2'), page(['c'], null)]);
    const names: string[] = [];
    for await (const { customer: name } of server.client().customers.listAll({ status: 'active' })) names.push(name);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(server.received.map(({ target }) => target)).toEqual([
      '/partners/customers?limit=100&status=active',
      '/partners/customers?limit=100&status=active&cursor=c1',
      '/partners/customers?limit=100&status=active&cursor=c2',
    ]);
  });

  test('fetches no further page once the loop is left', async () => {
    const server = await openRecordingServer([page(['a', 'b'], 'c1')]);
    for await (const _ of server.client().customers.listAll()) break;
    expect(server.received).toHaveLength(1);
  });

  test('stops with an error when the cursor leads to itself', async () => {
    const server = await openRecordingServer([page(['a'], 'c1')]);
    const all = server.client().customers.listAll();
    const drain = async () => {
      for await (const _ of all);
    };
    await expect(drain()).rejects.toMatchObject({ code: 'invalid_response' });
    expect(server.received).toHaveLength(2);
  });
});

describe('an error', () => {
  test('carries code, status, sentence, fields and request id', async () => {
    const errors = [{ field: 'contacts[1].email', code: 'invalid_email', message: 'contacts[1].email is not valid.' }];
    const server = await openRecordingServer([refusal(400, 'validation_error', { errors, requestId: 'req-9' })]);
    const error: unknown = await server
      .client()
      .customers.create(input)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CountersignError);
    expect(error).toMatchObject({
      name: 'CountersignError',
      message: 'refused: validation_error',
      code: 'validation_error',
      status: 400,
      errors,
      requestId: 'req-9',
    });
  });

  test('narrows details by its code', async () => {
    const details = { email: input.email, existingCustomerUuid: uuid };
    const server = await openRecordingServer([refusal(409, 'email_already_exists', { details })]);
    const error: unknown = await server
      .client()
      .customers.create(input)
      .catch((caught: unknown) => caught);
    expect(hasErrorCode(error, 'version_mismatch')).toBe(false);
    if (!hasErrorCode(error, 'email_already_exists')) throw new Error('expected email_already_exists');
    expectTypeOf(error.details?.existingCustomerUuid).toEqualTypeOf<string | undefined>();
    expect(error.details?.existingCustomerUuid).toBe(uuid);
  });

  test('keeps a code that this version does not know', async () => {
    const server = await openRecordingServer([refusal(418, 'teapot')]);
    await expect(server.client().customers.get(uuid)).rejects.toMatchObject({ code: 'teapot', status: 418 });
  });

  test('findByEmail gives undefined for an unknown customer, and throws for an unknown route', async () => {
    const server = await openRecordingServer([refusal(404, 'customer_not_found'), refusal(404, 'route_not_found')]);
    const { customers } = server.client();
    expect(await customers.findByEmail('a@b.example')).toBeUndefined();
    await expect(customers.findByEmail('a@b.example')).rejects.toMatchObject({ code: 'route_not_found' });
  });

  test.each([
    [500, '<html>oops</html>'],
    [200, '<html>hello</html>'],
    [200, '{"status":"success"}'],
    [200, '{"status":"success","data":{}}'],
    [301, ''],
  ])('says so when %i comes with %j, which is no envelope of the API', async (status, text) => {
    const server = await openRecordingServer([{ status, text, headers: { 'content-type': 'text/html' } }]);
    const call = server.client().customers.get(uuid);
    await expect(call).rejects.toMatchObject({ code: 'invalid_response', status });
    await expect(call).rejects.toThrow(/text\/html/);
  });
});
