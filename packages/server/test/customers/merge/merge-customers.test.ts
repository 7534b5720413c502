import { randomUUID } from 'node:crypto';
import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../../harness/customers.js';
import { startServer, type TestServer } from '../../harness/server.js';
import { LOCAL_WEBHOOKS, subscribeToAll } from '../../webhooks/webhook-caller.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  // Events stay where they are, to be looked at.
  server = await startServer({ environment: { ...LOCAL_WEBHOOKS, COUNTERSIGN_DELIVER_WEBHOOKS: 'false' } });
  caller = await server.createCaller();
  await subscribeToAll(caller, { callbackUrl: 'https://crm.example/hooks' });
});
afterAll(() => server.stop());

const create = async (fields: object = {}): Promise<Customer> =>
  (await caller.post('/customers', smallCustomer(fields))).data.customer;
const read = (uuid: string) => caller.get(`/customers/${uuid}`);
const merge = (uuid: string, body: object, headers: Record<string, string> = {}) =>
  caller.post(`/customers/${uuid}/merge`, body, { headers });

/** What is stored and a merge could change. */
async function stored(): Promise<unknown> {
  const tables: unknown[] = [];
  for (const columns of [
    'uuid, version, deleted_at, body from customers',
    'customer_uuid, version from customer_versions',
    'customer_uuid, taken from customer_merges',
    'customer_uuid, version, event from webhook_events',
    'event, team_id from audit_entries',
    'signed_at, signature from request_marks',
  ]) {
    tables.push(await server.database.sql(`select ${columns} order by 1, 2`));
  }
  return tables;
}

const emailContact = ({ customer: name, email }: Customer) => ({
  uuid: expect.any(String),
  firstName: null,
  lastName: null,
  name,
  email,
  phone: null,
  isPrimary: false,
});

describe('a merge', () => {
  test('keeps what the one in the path has, and fills what it lacks from the others in their order', async () => {
    const kept = await create({
      mainPhone: '1',
      billingAddress: { city: 'Durban' },
      notes: 'own',
      metadata: { a: '1' },
    });
    const first = await create({
      customer: 'First',
      mainPhone: '2',
      website: 'first.example',
      billingAddress: { street: 'A', city: 'B' },
      status: 'inactive',
      notes: 'of the first',
      taxes: [15],
      taxExcluded: false,
      metadata: { a: '2', b: '2' },
    });
    const second = await create({
      customer: 'Second',
      website: 'second.example',
      shippingAddress: { city: 'Paarl' },
      externalId: uniqueText(),
      notes: 'of the second',
      metadata: { b: '3', c: '3' },
      taxNumber: '4',
      taxExcluded: true,
    });
    const { status, data, headers } = await merge(kept.uuid, { from: [first.uuid, second.uuid] });
    expect(status).toBe(200);
    expect(data.merged).toEqual([first.uuid, second.uuid]);
    expect(data.customer).toEqual({
      ...kept,
      website: first.website,
      shippingAddress: second.shippingAddress,
      taxes: [15],
      taxExcluded: false,
      taxNumber: '4',
      externalId: second.externalId,
      notes: 'own\n\nof the first\n\nof the second',
      metadata: { a: '1', b: '2', c: '3' },
      contacts: [emailContact(first), emailContact(second)],
      updatedAt: data.customer.updatedAt,
      version: 2,
    });
    expect(headers.get('etag')).toBe('"2"');
    expect((await read(kept.uuid)).data.customer).toEqual(data.customer);
  });

  test('takes a field from whom it is told to, and keeps the email that gave way as a contact', async () => {
    const kept = await create({ mainPhone: '1', notes: 'own', metadata: { a: '1' }, externalId: uniqueText() });
    const other = await create({ mainPhone: null, notes: 'its', metadata: { b: '2' }, externalId: uniqueText() });
    const fields = {
      mainPhone: other.uuid.toUpperCase(),
      email: other.uuid,
      notes: other.uuid,
      metadata: kept.uuid,
      externalId: other.uuid,
    };
    const { data } = await merge(kept.uuid, { from: [other.uuid], fields });
    expect(data.customer).toMatchObject({
      mainPhone: null,
      email: other.email,
      notes: 'its',
      metadata: { a: '1' },
      externalId: other.externalId,
      contacts: [emailContact(kept)],
    });
    const found = await caller.get('/customers/find-by-email', { query: { email: other.email } });
    expect(found.data.customer.uuid).toBe(kept.uuid);
  });

  test('joins contacts: one per email, else per phone and name, and one is primary', async () => {
    const twice = uniqueEmail();
    const kept = await create({
      contacts: [
        { name: 'A', email: twice, isPrimary: true },
        { name: 'Thandi Nkosi', phone: '+27 21 555' },
      ],
    });
    const other = await create({
      contacts: [
        { name: 'A again', email: twice.toUpperCase(), isPrimary: true },
        { name: 'thandi nkosi', phone: '(27) 21-555' },
        { name: 'Thandi Nkosi', phone: '7' },
        { name: 'Thandi Nkosi', phone: '7', email: 'other@thandi.example' },
      ],
    });
    const third = await create({
      contacts: [
        { name: 'C', email: other.email },
        { name: 'D', phone: '9', isPrimary: true },
      ],
    });
    const { contacts } = (await merge(kept.uuid, { from: [other.uuid, third.uuid] })).data.customer;
    expect(contacts).toEqual([
      ...kept.contacts,
      ...other.contacts.slice(2),
      third.contacts[0],
      { ...third.contacts[1], isPrimary: false },
      emailContact(third),
    ]);
    const bare = await create();
    const primary = await create({ contacts: [{ name: 'P', isPrimary: true }] });
    const joined = (await merge(bare.uuid, { from: [primary.uuid] })).data.customer;
    expect(joined.contacts.map(({ isPrimary }) => isPrimary)).toEqual([true, false]);
  });

  test('takes the others out of every read, frees their emails, and tells of what they are part', async () => {
    const [kept, other] = [await create(), await create({ externalId: uniqueText() })];
    const fields = { externalId: kept.uuid };
    expect((await merge(kept.uuid, { from: [other.uuid], fields })).status).toBe(200);
    const details = { mergedInto: kept.uuid };
    const path = `/customers/${other.uuid}`;
    for (const answer of [
      await caller.get(path),
      await caller.get(`${path}/contacts`),
      await caller.patch(path, { notes: 'x' }),
      await caller.delete(path),
      await caller.post(`${path}/restore`, {}),
      await caller.post(`${path}/contacts`, { name: 'A' }),
      await merge(other.uuid, { from: [kept.uuid] }),
    ]) {
      expect([answer.status, answer.body.code, answer.body.details]).toEqual([404, 'customer_not_found', details]);
    }
    for (const query of [{ search: other.email }, { includeDeleted: 'true', orderBy: 'updatedAt', limit: 100 }]) {
      const { customers } = (await caller.get('/customers', { query })).data;
      const told = customers.find(({ uuid }) => uuid === other.uuid);
      if ('search' in query) expect(told).toBeUndefined();
      else expect(told).toMatchObject({ deleted: true, mergedInto: kept.uuid });
    }
    const taker = await create({ email: other.email, externalId: other.externalId });
    expect(taker.email).toBe(other.email);
    expect((await caller.get(`${path}/history`)).data.history).toMatchObject([
      { version: 2, action: 'merged', changes: [] },
      { version: 1, action: 'created' },
    ]);
    const [first] = (await caller.get(`/customers/${kept.uuid}/history`)).data.history;
    expect(first).toMatchObject({ version: 2, action: 'merged' });
    expect((await caller.get(path, { query: { version: 1 } })).data.customer).toEqual(other);
  });

  test('names the direct one where that was merged in turn', async () => {
    const [a, b, c] = [await create(), await create(), await create()];
    await merge(b.uuid, { from: [a.uuid] });
    await merge(c.uuid, { from: [b.uuid] });
    expect((await read(a.uuid)).body.details).toEqual({ mergedInto: b.uuid });
    expect((await read(b.uuid)).body.details).toEqual({ mergedInto: c.uuid });
  });

  test('sends an update of the one and a deletion of each other that names it', async () => {
    const [kept, other] = [await create(), await create({ mainPhone: '5' })];
    await merge(kept.uuid, { from: [other.uuid] });
    const rows = await server.database.sql('select event, data, previous_data from webhook_events order by written_at');
    const told = rows.filter(({ data, event }) => {
      return event !== 'customer.created' && [kept.uuid, other.uuid].includes(JSON.parse(String(data)).id);
    });
    const byEvent = new Map(told.map(({ event, data }) => [event, JSON.parse(String(data))]));
    expect(told).toHaveLength(2);
    expect(byEvent.get('customer.deleted')).toEqual({ id: other.uuid, mergedInto: kept.uuid });
    expect(byEvent.get('customer.updated')).toEqual((await read(kept.uuid)).data.customer);
  });

  test('tried without writing gives the same answer, with the same refusals, and leaves nothing', async () => {
    const [kept, other] = [await create(), await create({ mainPhone: '5', contacts: [{ name: 'A' }] })];
    const before = await stored();
    const tried = await merge(kept.uuid, { from: [other.uuid], dryRun: true });
    expect(tried.data).toMatchObject({ merged: [other.uuid], dryRun: true });
    expect(tried.headers.get('etag')).toBe('"1"');
    expect((await merge(kept.uuid, { from: [randomUUID()], dryRun: true })).status).toBe(404);
    expect(await stored()).toEqual(before);
    const done = await merge(kept.uuid, { from: [other.uuid], dryRun: false });
    expect('dryRun' in done.data).toBe(false);
    const plain = ({ contacts, updatedAt: _, ...fields }: Customer) => ({
      ...fields,
      names: contacts.map((c) => c.name),
    });
    expect(plain(tried.data.customer)).toEqual(plain(done.data.customer));
  });

  test('is refused with everything that is wrong at once', async () => {
    const { uuid } = await create();
    const other = randomUUID();
    const fieldsOf = async (body: object) => {
      const refused = await merge(uuid, body);
      expect([refused.status, refused.body.code]).toEqual([400, 'validation_error']);
      return refused.body.errors?.map(({ field, code }) => `${field} ${code}`);
    };
    expect(await fieldsOf({})).toEqual(['from required']);
    expect(await fieldsOf({ from: [], dryRun: 1 })).toEqual(['from empty', 'dryRun invalid_type']);
    expect(await fieldsOf({ from: Array.from({ length: 11 }, () => randomUUID()) })).toEqual(['from too_many_items']);
    expect(await fieldsOf({ from: 'x', fields: [] })).toEqual(['from invalid_type', 'fields invalid_type']);
    expect(
      await fieldsOf({
        from: [other, uuid.toUpperCase(), other, 'x'],
        fields: { phone: uuid, contacts: uuid, email: randomUUID(), notes: 5 },
      }),
    ).toEqual([
      'from[3] invalid_uuid',
      'fields.notes invalid_type',
      'fields.phone invalid_value',
      'fields.contacts invalid_value',
      'from[1] duplicate',
      'from[2] duplicate',
      'fields.email invalid_value',
    ]);
    const [kept, part] = [await create(), await create()];
    const warned = await merge(kept.uuid, { from: [part.uuid], survivor: 1 });
    expect(warned.data._partnerWarnings).toMatchObject([{ field: 'survivor', reason: 'unknown_field' }]);
    expect((await merge('x', { from: [] })).body.code).toBe('invalid_uuid');
  });

  test('is refused where it would be more than is stored, and names the fields', async () => {
    const many = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));
    const people = (count: number) => Array.from({ length: count }, () => ({ email: uniqueEmail() }));
    const kept = await create({ notes: 'x'.repeat(2500), metadata: many('a', 30), contacts: people(60) });
    const other = await create({ notes: 'y'.repeat(2500), metadata: many('b', 30), contacts: people(60) });
    const refused = await merge(kept.uuid, { from: [other.uuid] });
    expect(refused.body.errors?.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'notes too_long',
      'contacts too_many_items',
      'metadata too_many_keys',
    ]);
    const wide = (prefix: string) => ({
      metadata: Object.fromEntries(Object.keys(many(prefix, 25)).map((key) => [key, '\u{1F600}'.repeat(500)])),
    });
    const [large, larger] = [await create(wide('a')), await create(wide('b'))];
    expect((await merge(large.uuid, { from: [larger.uuid] })).body.errors).toMatchObject([
      { field: 'metadata', code: 'too_large' },
    ]);
    expect((await read(larger.uuid)).status).toBe(200);
  });

  test('names which of the others there are not, and what was merged before', async () => {
    const [kept, gone, merged, deleted] = [await create(), randomUUID(), await create(), await create()];
    const [elsewhere, live] = [await create(), await create()];
    await merge(elsewhere.uuid, { from: [merged.uuid] });
    await caller.delete(`/customers/${deleted.uuid}`);
    const stranger = await server.createCaller();
    const theirs = (await stranger.post('/customers', smallCustomer())).data.customer;
    const missing = [gone, merged.uuid, deleted.uuid, theirs.uuid];
    const refused = await merge(kept.uuid, { from: [live.uuid, ...missing] });
    expect(refused.body).toMatchObject({
      code: 'customer_not_found',
      details: { uuids: missing, merged: [{ uuid: merged.uuid, mergedInto: elsewhere.uuid }] },
    });
    expect((await merge(gone, { from: [live.uuid] })).body.code).toBe('customer_not_found');
    expect((await stranger.post(`/customers/${kept.uuid}/merge`, { from: [theirs.uuid] })).status).toBe(404);
    expect((await stranger.get(`/customers/${merged.uuid}`)).body.details).toBeUndefined();
    expect((await read(live.uuid)).status).toBe(200);
  });

  test('takes If-Match and Idempotency-Key, and needs the scope of writing', async () => {
    const [kept, other] = [await create(), await create()];
    const body = { from: [other.uuid] };
    expect((await merge(kept.uuid, body, { 'if-match': '"2"' })).body.code).toBe('version_mismatch');
    const headers = { 'if-match': '"1"', 'idempotency-key': uniqueText() };
    const first = await merge(kept.uuid, body, headers);
    const again = await merge(kept.uuid, body, headers);
    expect([first.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([200, first.text, 'true']);
    const writer = await server.createCaller({ team: caller.team, scopes: ['customers:write'] });
    const third = await create();
    const blind = await writer.post(`/customers/${kept.uuid}/merge`, { from: [third.uuid] });
    expect(blind.data).toEqual({ uuid: kept.uuid, version: 3, outcome: 'updated', merged: [third.uuid] });
    const undo = await writer.post(`/customers/${kept.uuid}/unmerge`, { uuid: third.uuid });
    expect(undo.data).toEqual({ uuid: kept.uuid, version: 4, outcome: 'updated' });
    const reader = await server.createCaller({ team: caller.team, scopes: ['customers:read'] });
    expect((await reader.post(`/customers/${kept.uuid}/merge`, body)).body.code).toBe('insufficient_scope');
  });

  test('is told by the client package', async () => {
    const [kept, other] = [await create(), await create({ mainPhone: '3' })];
    const { customers } = caller.client;
    const tried = await customers.merge(kept.uuid, [other.uuid], { dryRun: true, fields: { mainPhone: kept.uuid } });
    expect(tried.data).toMatchObject({ dryRun: true, customer: { mainPhone: null } });
    const merged = await customers.merge(kept.uuid, [other.uuid], { ifMatch: '"1"' });
    expect(merged.data.customer.mainPhone).toBe('3');
    const undo = await customers.unmerge(kept.uuid, other.uuid);
    expect(undo.data).toMatchObject({ customer: { mainPhone: null }, unmerged: { uuid: other.uuid }, kept: [] });
  });
});

test('the audit tells of merges, unmerges and reverts, of whom and by which request', async () => {
  const [kept, other] = [await create(), await create()];
  const headers = { 'x-request-id': 'asked:by-me' };
  await merge(kept.uuid, { from: [other.uuid] }, headers);
  await caller.post(`/customers/${kept.uuid}/unmerge`, { uuid: other.uuid }, { headers });
  await caller.post(`/customers/${kept.uuid}/revert`, { version: 2 }, { headers });
  const { entries } = await server.make<{ entries: Record<string, unknown>[] }>(['audit', 'list', '--limit', '3']);
  const common = { team: caller.team.uuid, clientId: caller.app.clientId, requestId: 'asked:by-me' };
  expect(entries).toMatchObject([
    { ...common, event: 'customer.reverted', customer: kept.uuid },
    { ...common, event: 'customer.unmerged', customer: other.uuid },
    { ...common, event: 'customer.merged', customer: other.uuid },
  ]);
});
