import { randomUUID } from 'node:crypto';
import type { Customer } from '@countersign/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../../harness/customers.js';
import { startServer, type TestServer } from '../../harness/server.js';
import { LOCAL_WEBHOOKS, subscribeToAll } from '../../webhooks/webhook-caller.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: { ...LOCAL_WEBHOOKS, COUNTERSIGN_DELIVER_WEBHOOKS: 'false' } });
  caller = await server.createCaller();
  await subscribeToAll(caller, { callbackUrl: 'https://crm.example/hooks' });
});
afterAll(() => server.stop());

const create = async (fields: object = {}): Promise<Customer> =>
  (await caller.post('/customers', smallCustomer(fields))).data.customer;
const read = async (uuid: string): Promise<Customer> => (await caller.get(`/customers/${uuid}`)).data.customer;
const update = (uuid: string, patch: object) => caller.patch(`/customers/${uuid}`, patch);
async function merge(kept: Customer, from: readonly Customer[], fields: object = {}): Promise<Customer> {
  const answer = await caller.post(`/customers/${kept.uuid}/merge`, { from: from.map(({ uuid }) => uuid), fields });
  expect(answer.status, answer.text).toBe(200);
  return answer.data.customer;
}
const unmerge = (kept: Customer, { uuid }: Pick<Customer, 'uuid'>, headers: Record<string, string> = {}) =>
  caller.post(`/customers/${kept.uuid}/unmerge`, { uuid }, { headers });
/** All of a customer but its version and the time of it. */
const contentsOf = ({ version: _, updatedAt: __, ...contents }: Customer) => contents;

describe('an unmerge', () => {
  test('gives back both as they were, and tells of it', async () => {
    const kept = await create({ mainPhone: '1', notes: 'own', contacts: [{ name: 'A', isPrimary: true }] });
    const other = await create({
      mainPhone: '2',
      website: 'acme.example',
      notes: 'its',
      externalId: uniqueText(),
      metadata: { a: '1' },
      contacts: [{ name: 'B', isPrimary: true }],
    });
    await merge(kept, [other], { mainPhone: other.uuid, email: other.uuid });
    const { status, data, headers } = await unmerge(kept, other, { 'if-match': '"2"' });
    expect(status).toBe(200);
    expect(data.kept).toEqual([]);
    expect(data.customer).toEqual({ ...kept, version: 3, updatedAt: data.customer.updatedAt });
    expect(data.unmerged).toEqual({ ...other, version: 3, updatedAt: data.unmerged.updatedAt });
    expect(headers.get('etag')).toBe('"3"');
    expect(await read(other.uuid)).toEqual(data.unmerged);
    for (const { uuid } of [kept, other]) {
      const { history } = (await caller.get(`/customers/${uuid}/history`)).data;
      expect(history.map(({ action }) => action)).toEqual(['unmerged', 'merged', 'created']);
    }
    const rows = await server.database.sql('select event, version, data from webhook_events order by version');
    const told = rows
      .filter(({ version }) => version === 3)
      .map((row) => ({ ...row, data: JSON.parse(String(row.data)) }));
    expect(told).toEqual(
      expect.arrayContaining([
        { event: 'customer.updated', version: 3, data: data.customer },
        { event: 'customer.created', version: 3, data: data.unmerged },
      ]),
    );
  });

  test('leaves what was changed since, and says what', async () => {
    const kept = await create({ notes: 'own' });
    const other = await create({
      mainPhone: '2',
      website: 'acme.example',
      notes: 'its',
      metadata: { a: '1', b: '2', c: '3' },
      contacts: [{ name: 'B' }, { name: 'C' }, { name: 'D' }],
    });
    const { contacts } = await merge(kept, [other]);
    await update(kept.uuid, { mainPhone: '3', notes: 'own\n\nits own', metadata: { a: '9', b: '2' } });
    const contactPath = (index: number) => `/customers/${kept.uuid}/contacts/${contacts[index]?.uuid}`;
    await caller.patch(contactPath(1), { phone: '7' });
    await caller.delete(contactPath(2));
    const { data } = await unmerge(kept, other);
    expect(data.kept.map(({ field, reason }) => `${field} ${reason}`)).toEqual([
      'mainPhone changed_since',
      'notes changed_since',
      'metadata.a changed_since',
      'contacts[0] changed_since',
    ]);
    expect(data.customer).toMatchObject({
      mainPhone: '3',
      website: null,
      notes: 'own\n\nits own',
      metadata: { a: '9' },
      contacts: [{ ...contacts[1], phone: '7' }],
    });
    expect(contentsOf(data.unmerged)).toEqual(contentsOf(other));
  });

  test('does not mind changes of other things, nor what was taken back by hand', async () => {
    const kept = await create({ notes: 'own' });
    const other = await create({ mainPhone: '2', notes: 'its', metadata: { a: '1' } });
    await merge(kept, [other]);
    await update(kept.uuid, {
      notes: 'before\n\nown\n\nits\n\nafter',
      mainPhone: null,
      metadata: {},
      website: 'x.example',
    });
    const { data } = await unmerge(kept, other);
    expect(data.kept).toEqual([]);
    expect(data.customer).toMatchObject({ notes: 'before\n\nown\n\nafter', mainPhone: null, website: 'x.example' });
  });

  test('after other merges takes back what came from the one alone', async () => {
    const kept = await create();
    const first = await create({ mainPhone: '1', notes: 'one', metadata: { a: '1' }, contacts: [{ name: 'A' }] });
    const second = await create({ mainPhone: '2', notes: 'two', metadata: { b: '2' }, contacts: [{ name: 'B' }] });
    const third = await create({ mainPhone: '3', notes: 'three' });
    await merge(kept, [first, second]);
    await merge(kept, [third], { mainPhone: third.uuid });
    const without = (await unmerge(kept, first)).data;
    expect(without.kept).toEqual([]);
    expect(without.customer).toMatchObject({ mainPhone: '3', notes: 'two\n\nthree', metadata: { b: '2' } });
    expect(without.customer.contacts.map(({ name, email }) => email ?? name)).toEqual(['B', second.email, third.email]);
    // What the third one's phone had taken the place of went with the first.
    expect((await unmerge(kept, third)).data.customer).toMatchObject({ mainPhone: null, notes: 'two' });
    const last = (await unmerge(kept, second)).data;
    expect([last.kept, contentsOf(last.customer)]).toEqual([[], contentsOf(kept)]);
  });

  test('is refused where the email or external id was taken meanwhile, and changes nothing', async () => {
    const [kept, other] = [await create(), await create({ externalId: uniqueText() })];
    await merge(kept, [other], { externalId: kept.uuid });
    const taker = await create({ email: other.email });
    const before = await read(kept.uuid);
    const details = { existingCustomerUuid: taker.uuid };
    expect((await unmerge(kept, other)).body).toMatchObject({ code: 'email_already_exists', details });
    await update(taker.uuid, { email: uniqueEmail(), externalId: other.externalId });
    expect((await unmerge(kept, other)).body).toMatchObject({ code: 'external_id_already_exists', details });
    expect(await read(kept.uuid)).toEqual(before);
    await update(taker.uuid, { externalId: null });
    expect((await unmerge(kept, other)).status).toBe(200);
  });

  test('is of what is merged into this one alone, and once', async () => {
    const [kept, other, stranger] = [await create(), await create(), await server.createCaller()];
    expect((await unmerge(kept, other)).body).toMatchObject({
      code: 'customer_not_found',
      details: { uuids: [other.uuid] },
    });
    await merge(kept, [other]);
    const third = await create();
    expect((await unmerge(third, other)).body.details).toEqual({
      uuids: [other.uuid],
      merged: [{ uuid: other.uuid, mergedInto: kept.uuid }],
    });
    const theirs = await stranger.post(`/customers/${kept.uuid}/unmerge`, { uuid: other.uuid });
    expect([theirs.status, theirs.body.details]).toEqual([404, undefined]);
    expect((await unmerge(kept, other, { 'if-match': '"1"' })).body.code).toBe('version_mismatch');
    expect((await unmerge(kept, other)).status).toBe(200);
    expect((await unmerge(kept, other)).status).toBe(404);
    expect((await unmerge(kept, { uuid: randomUUID() })).status).toBe(404);
    expect((await unmerge(kept, kept)).status).toBe(404);
    for (const body of [{}, { uuid: 5 }, { uuid: 'x' }]) {
      const refused = await caller.post(`/customers/${kept.uuid}/unmerge`, body);
      expect(refused.body).toMatchObject({ code: 'validation_error', errors: [{ field: 'uuid' }] });
    }
  });

  test('waits until the one that it is part of is there', async () => {
    const [a, b, c] = [await create(), await create({ mainPhone: '5' }), await create()];
    await merge(b, [c]);
    await merge(a, [b]);
    expect((await unmerge(b, c)).body.details).toEqual({ mergedInto: a.uuid });
    await caller.delete(`/customers/${a.uuid}`);
    expect((await unmerge(a, b)).status).toBe(404);
    await caller.post(`/customers/${a.uuid}/restore`, {});
    expect((await unmerge(a, b)).status).toBe(200);
    expect((await unmerge(b, c)).status).toBe(200);
    for (const one of [a, b, c]) expect(contentsOf(await read(one.uuid))).toEqual(contentsOf(one));
  });

  test('can be followed by another merge of the same', async () => {
    const [kept, other] = [await create(), await create({ mainPhone: '1' })];
    for (let round = 0; round < 2; round++) {
      expect((await merge(kept, [other])).mainPhone).toBe('1');
      expect((await unmerge(kept, other)).data.customer.mainPhone).toBeNull();
    }
  });
});

const text = fc.constantFrom('a', 'b', null);
const notes = fc.constantFrom('p', 'q', 'p\n\nq', 'q\n\np\n\np', '\n\n', '\n', null);
const address = fc.option(fc.record({ city: fc.constantFrom('A', 'B'), country: text }));
const contact = fc.record({
  name: fc.constantFrom('A', 'B', 'C'),
  phone: fc.constantFrom('1', '+1', '2', null),
  email: fc.constantFrom('a@x.example', 'A@x.example', 'b@x.example', null),
});
const contacts = fc
  .tuple(fc.array(contact, { maxLength: 4 }), fc.nat(5))
  .map(([all, primary]) => all.map((one, index) => ({ ...one, isPrimary: index === primary })));
const customer = fc.record({
  mainPhone: text,
  website: text,
  status: fc.constantFrom('active', 'inactive'),
  billingAddress: address,
  shippingAddress: address,
  notes,
  taxNumber: text,
  taxExcluded: fc.constantFrom(true, false, undefined),
  taxes: fc.constantFrom([1], [], undefined),
  metadata: fc.dictionary(fc.constantFrom('a', 'b', '1', '__proto__', 'constructor'), fc.constantFrom('x', 'y')),
  contacts,
});
const CHOSEN = [
  'customer',
  'email',
  'mainPhone',
  'status',
  'billingAddress',
  'taxes',
  'externalId',
  'metadata',
  'notes',
];

test('whatever two customers are, merged and unmerged they are what they were', async () => {
  const property = fc.asyncProperty(customer, customer, fc.subarray(CHOSEN), async (one, two, chosen) => {
    const [kept, other] = [await create(one), await create({ ...two, customer: 'Other', externalId: uniqueText() })];
    const merged = await merge(kept, [other], Object.fromEntries(chosen.map((field) => [field, other.uuid])));
    expect(merged.contacts.filter(({ isPrimary }) => isPrimary).length).toBeLessThan(2);
    const emails = merged.contacts.map(({ email }) => email?.toLowerCase());
    for (const { email } of [kept, other]) expect([merged.email, ...emails]).toContain(email);
    const { data } = await unmerge(kept, other);
    expect(data.kept).toEqual([]);
    expect(contentsOf(data.customer)).toEqual(contentsOf(kept));
    expect(contentsOf(data.unmerged)).toEqual(contentsOf(other));
    expect(contentsOf(await read(kept.uuid))).toEqual(contentsOf(kept));
  });
  await fc.assert(property, { numRuns: 60 });
});

test('several merges, unmerged in any order, leave all as they were', async () => {
  const simple = fc.record({ mainPhone: text, website: text, billingAddress: address, contacts });
  const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
  const property = fc.asyncProperty(fc.tuple(simple, simple, simple, simple), order, async (fields, undone) => {
    const [kept, ...others] = await Promise.all(fields.map((one) => create(one)));
    if (kept === undefined) throw new Error('nothing was created');
    for (const other of others) await merge(kept, [other], { mainPhone: other.uuid });
    for (const index of undone) {
      const other = others[index];
      if (other === undefined) throw new Error('there is no such customer');
      const { data } = await unmerge(kept, other);
      expect([data.kept, contentsOf(data.unmerged)]).toEqual([[], contentsOf(other)]);
    }
    expect(contentsOf(await read(kept.uuid))).toEqual(contentsOf(kept));
  });
  await fc.assert(property, { numRuns: 30 });
});
