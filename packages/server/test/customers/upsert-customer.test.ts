import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const byId = (externalId: string) => `/customers/by-external-id/${encodeURIComponent(externalId)}`;
const byEmail = (email: string) => `/customers/by-email/${encodeURIComponent(email)}`;
const faults = (errors: readonly { field: string; code: string }[] | undefined) =>
  errors?.map(({ field, code }) => `${field} ${code}`);

describe('create-or-update by external id', () => {
  test('creates, then updates in part, then changes nothing', async () => {
    const externalId = uniqueText();
    const input = smallCustomer({ notes: 'n', contacts: [{ name: 'A' }] });
    const first = await caller.put(byId(externalId), input);
    expect(first.status).toBe(201);
    expect(first.data).toMatchObject({
      outcome: 'created',
      customer: { customer: input.customer, externalId, version: 1 },
    });
    expect(first.headers.get('location')).toBe(`/partners/customers/${first.data.customer.uuid}`);
    expect(first.headers.get('etag')).toBe('"1"');

    const second = await caller.put(byId(externalId), { taxNumber: 't' });
    expect([second.status, second.data.outcome, second.headers.get('etag')]).toEqual([200, 'updated', '"2"']);
    expect(second.headers.get('location')).toBeNull();
    const { updatedAt } = second.data.customer;
    expect(second.data.customer).toEqual({ ...first.data.customer, taxNumber: 't', version: 2, updatedAt });

    for (const body of [{ taxNumber: 't' }, {}, { externalId, ...input, contacts: undefined }]) {
      const same = await caller.put(byId(externalId), body);
      expect([same.status, same.data.outcome]).toEqual([200, 'unchanged']);
      expect(same.data.customer).toEqual(second.data.customer);
    }
  });

  test.each([
    'a/b/c',
    'a%2Fb',
    'crm 48?213#x&y=z+1',
    'Zoë 株式会社 🧾',
    '%',
    "'; drop table customers;--",
    '...',
    ':uuid',
  ])('takes the id %j, percent-encoded', async (text) => {
    const externalId = `${text}${uniqueText()}`;
    const created = await caller.put(byId(externalId), smallCustomer());
    expect([created.status, created.data.customer.externalId]).toEqual([201, externalId]);
    expect((await caller.put(byId(externalId), { notes: 'x' })).data).toMatchObject({ outcome: 'updated' });
  });

  test('takes an id of 255 code points and refuses a longer one', async () => {
    const externalId = uniqueText() + '🧾'.repeat(238);
    expect((await caller.put(byId(externalId), smallCustomer())).data.customer.externalId).toBe(externalId);
    const refused = await caller.put(byId(`${externalId}x`), smallCustomer());
    expect([refused.status, faults(refused.body.errors)]).toEqual([400, ['externalId invalid_value']]);
  });

  test('refuses an empty id and one with NUL', async () => {
    for (const id of ['', '%00', 'a%00']) {
      const refused = await caller.put(`/customers/by-external-id/${id}`, smallCustomer());
      expect([refused.status, refused.body.code]).toEqual([400, 'validation_error']);
    }
  });

  test('refuses a body that names another id, or none', async () => {
    const externalId = uniqueText();
    for (const body of [{ externalId: 'other' }, { externalId: null }, { externalId: '' }]) {
      const refused = await caller.put(byId(externalId), smallCustomer(body));
      expect([refused.status, faults(refused.body.errors)]).toEqual([400, ['externalId contradicts_path']]);
    }
    const { customer } = (await caller.put(byId(externalId), smallCustomer())).data;
    for (const body of [{ externalId: 'other' }, { externalId: null }, { externalId: '' }]) {
      expect((await caller.put(byId(externalId), body)).status).toBe(400);
    }
    expect((await caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
  });

  test('needs the required fields to create, and says all that is wrong', async () => {
    const missing = await caller.put(byId(uniqueText()), { notes: 'x' });
    expect([missing.status, faults(missing.body.errors)]).toEqual([400, ['customer required', 'email required']]);
    const wrong = await caller.put(byId(uniqueText()), { notes: 5, status: 'x', externalId: 'y' });
    expect(faults(wrong.body.errors)?.sort()).toEqual([
      'externalId contradicts_path',
      'notes invalid_type',
      'status invalid_value',
    ]);
  });

  test('warns of contacts in an update, and takes them in a creation', async () => {
    const externalId = uniqueText();
    const created = await caller.put(byId(externalId), smallCustomer({ contacts: [{ name: 'A' }], nick: 1 }));
    expect(created.data.customer.contacts).toMatchObject([{ name: 'A' }]);
    expect(created.data._partnerWarnings).toMatchObject([{ field: 'nick', reason: 'unknown_field' }]);
    const updated = await caller.put(byId(externalId), { contacts: [] });
    expect(updated.data).toMatchObject({ outcome: 'unchanged', customer: { contacts: [{ name: 'A' }] } });
    expect(updated.data._partnerWarnings).toMatchObject([{ field: 'contacts', reason: 'use_contacts_routes' }]);
  });

  test('refuses an email that another customer has', async () => {
    const holder = (await caller.post('/customers', smallCustomer())).data.customer;
    const refused = await caller.put(byId(uniqueText()), smallCustomer({ email: holder.email }));
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'email_already_exists',
      details: { email: holder.email, existingCustomerUuid: holder.uuid },
    });
  });

  test('makes a new customer where the id’s holder was deleted', async () => {
    const externalId = uniqueText();
    const { uuid } = (await caller.put(byId(externalId), smallCustomer())).data.customer;
    await caller.delete(`/customers/${uuid}`);
    const again = await caller.put(byId(externalId), smallCustomer());
    expect(again.status).toBe(201);
    expect(again.data.customer.uuid).not.toBe(uuid);
  });

  test('of ten at once makes one customer', async () => {
    const externalId = uniqueText();
    const input = smallCustomer();
    const answers = await Promise.all(Array.from({ length: 10 }, () => caller.put(byId(externalId), input)));
    expect(answers.map(({ data }) => data.outcome).sort()).toEqual(['created', ...Array(9).fill('unchanged')]);
    expect(new Set(answers.map(({ data }) => data.customer.uuid)).size).toBe(1);
  });

  test('holds to If-Match, which no absent customer can meet', async () => {
    const externalId = uniqueText();
    const absent = await caller.put(byId(externalId), smallCustomer(), { headers: { 'if-match': '"1"' } });
    expect([absent.status, absent.body.code]).toEqual([412, 'version_mismatch']);
    await caller.put(byId(externalId), smallCustomer());
    const stale = await caller.put(byId(externalId), { notes: 'x' }, { headers: { 'if-match': '"2"' } });
    expect(stale.status).toBe(412);
    expect((await caller.put(byId(externalId), { notes: 'x' }, { headers: { 'if-match': '"1"' } })).status).toBe(200);
  });
});

describe('create-or-update by email', () => {
  test('creates with the address of the path, then updates whatever its case', async () => {
    const email = `Some.One+tag/${uniqueText()}@Acme.Example`;
    const first = await caller.put(byEmail(email), { customer: 'Acme' });
    expect(first.status).toBe(201);
    expect(first.data).toMatchObject({ outcome: 'created', customer: { email, customer: 'Acme' } });
    const second = await caller.put(byEmail(email.toUpperCase()), { notes: 'x' });
    expect(second.data).toMatchObject({ outcome: 'updated', customer: { email, notes: 'x', version: 2 } });
    const third = await caller.put(byEmail(email), { notes: 'x', email });
    expect([third.status, third.data.outcome]).toEqual([200, 'unchanged']);
  });

  test('takes the spelling of the body', async () => {
    const email = uniqueEmail();
    await caller.put(byEmail(email), { customer: 'Acme' });
    const spelled = await caller.put(byEmail(email), { email: email.toUpperCase() });
    expect(spelled.data).toMatchObject({ outcome: 'updated', customer: { email: email.toUpperCase() } });
  });

  test('refuses a body that names another address, and a path that has none', async () => {
    const contradicted = await caller.put(byEmail(uniqueEmail()), smallCustomer());
    expect([contradicted.status, faults(contradicted.body.errors)]).toEqual([400, ['email contradicts_path']]);
    for (const path of ['nobody', '%20', `${'x'.repeat(250)}@acme.example`]) {
      const refused = await caller.put(`/customers/by-email/${path}`, { customer: 'Acme' });
      expect([refused.status, faults(refused.body.errors)]).toEqual([400, ['email invalid_value']]);
    }
  });

  test('needs a name to create', async () => {
    const answer = await caller.put(byEmail(uniqueEmail()), {});
    expect([answer.status, faults(answer.body.errors)]).toEqual([400, ['customer required']]);
  });

  test('of ten at once makes one customer', async () => {
    const email = uniqueEmail();
    const put = (_: unknown, index: number) => caller.put(byEmail(email), { customer: `Name ${index}` });
    const answers = await Promise.all(Array.from({ length: 10 }, put));
    expect(answers.filter(({ status }) => status === 201).length).toBe(1);
    expect(new Set(answers.map(({ data }) => data.customer.uuid)).size).toBe(1);
    expect(answers.map(({ data }) => data.customer.version).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });
});
