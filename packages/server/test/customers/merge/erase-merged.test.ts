import type { Customer } from '@countersign/contract';
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

const keyed = () => ({ headers: { 'idempotency-key': uniqueText('key-') } });
const create = async (fields: object = {}): Promise<Customer> =>
  (await caller.post('/customers', smallCustomer(fields), keyed())).data.customer;
const find = (uuid: string) => caller.get(`/customers/${uuid}`);
const read = async (uuid: string): Promise<Customer> => (await find(uuid)).data.customer;
const update = (uuid: string, patch: object) => caller.patch(`/customers/${uuid}`, patch, keyed());
const mergeCall = (kept: Customer, from: readonly Customer[], fields: object = {}) =>
  caller.post(`/customers/${kept.uuid}/merge`, { from: from.map(({ uuid }) => uuid), fields }, keyed());
const unmerge = (kept: Customer, { uuid }: Customer) =>
  caller.post(`/customers/${kept.uuid}/unmerge`, { uuid }, keyed());
const erase = ({ uuid }: Customer) => caller.post(`/customers/${uuid}/erase`, {});

async function merge(kept: Customer, from: readonly Customer[], fields: object = {}): Promise<Customer> {
  const answer = await mergeCall(kept, from, fields);
  expect(answer.status, answer.text).toBe(200);
  return answer.data.customer;
}

async function eraseWell(customer: Customer): Promise<void> {
  const answer = await erase(customer);
  expect(answer.status, answer.text).toBe(200);
}

/** Texts of one person, each of which no other has. */
function person(name = '') {
  const texts = Object.fromEntries(
    ['customer', 'mainPhone', 'notes', 'street', 'key', 'value', 'taxNumber', 'first'].map((field) => [
      field,
      uniqueText(`${name}${field}-`),
    ]),
  );
  const { street = '', key = '', value = '', first = '', ...fields } = texts;
  const input = {
    ...fields,
    email: uniqueEmail(),
    externalId: uniqueText(),
    billingAddress: { street },
    metadata: { [key]: value },
    contacts: [{ email: uniqueEmail(), firstName: first }],
  };
  const traces = [...Object.values(texts), input.email, input.externalId, input.contacts[0]?.email ?? ''];
  return { input, traces };
}

async function tracesLeft(traces: readonly string[]): Promise<string[]> {
  const contents = await server.database.readContents();
  return traces.filter((trace) => contents.includes(trace));
}

/** All of a customer but its version and the time of it. */
const contentsOf = ({ version: _, updatedAt: __, ...contents }: Customer) => contents;

describe('the erasure of a merged customer', () => {
  test('leaves nothing of it, also in what the other one took, was and told; which lives on with its own', async () => {
    const of = person();
    const own = await create({ notes: 'own', metadata: { own: '1' }, contacts: [{ name: 'Own' }] });
    const other = await create(of.input);
    await merge(own, [other]);
    await update(own.uuid, { website: 'own.example' });
    await caller.post(`/customers/${own.uuid}/contacts`, { name: 'Later' }, keyed());
    expect((await tracesLeft(of.traces)).sort()).toEqual([...of.traces].sort());
    await eraseWell(other);
    expect(await tracesLeft(of.traces)).toEqual([]);
    const after = await read(own.uuid);
    expect(after).toMatchObject({ version: 5, notes: 'own', website: 'own.example', metadata: { own: '1' } });
    expect(after).toMatchObject({ customer: own.customer, email: own.email, mainPhone: null, billingAddress: null });
    expect(after.contacts.map(({ name }) => name)).toEqual(['Own', 'Later']);
    const { history } = (await caller.get(`/customers/${own.uuid}/history`)).data;
    expect(history.map(({ version, action }) => [version, action])).toEqual([
      [5, 'updated'],
      [4, 'updated'],
      [3, 'updated'],
      [2, 'merged'],
      [1, 'created'],
    ]);
    const second = (await caller.get(`/customers/${own.uuid}`, { query: { version: 2 } })).data.customer;
    expect(contentsOf(second)).toEqual(contentsOf(own));
    const events = (await server.database.sql('select event, version, data from webhook_events order by version'))
      .map(({ data, ...row }) => ({ ...row, data: JSON.parse(String(data)) }))
      .filter(({ data }) => data.id === own.uuid);
    expect(events).toEqual([
      { event: 'customer.created', version: 1, data: own },
      { event: 'customer.updated', version: 5, data: after },
    ]);
    expect((await unmerge(own, other)).status).toBe(404);
    expect((await find(other.uuid)).body).not.toHaveProperty('details.mergedInto');
  });

  test('takes back what was chosen over what the other one had', async () => {
    const of = person();
    const own = await create({ ...person('own').input, notes: null });
    const other = await create(of.input);
    const fields = Object.fromEntries(
      ['customer', 'email', 'mainPhone', 'externalId', 'taxNumber', 'billingAddress'].map((one) => [one, other.uuid]),
    );
    await merge(own, [other], fields);
    await eraseWell(other);
    expect(contentsOf(await read(own.uuid))).toEqual(contentsOf(own));
    expect(await tracesLeft(of.traces)).toEqual([]);
  });

  test('leaves what a later merge gave, and what it gives back has nothing of it', async () => {
    const of = person();
    const own = await create({ notes: 'own' });
    const other = await create(of.input);
    const later = await create(person('later').input);
    await merge(own, [other]);
    const whole = Object.fromEntries(['mainPhone', 'notes', 'metadata'].map((one) => [one, later.uuid]));
    await merge(own, [later], whole);
    await eraseWell(other);
    expect(await tracesLeft(of.traces)).toEqual([]);
    expect(await read(own.uuid)).toMatchObject({ mainPhone: later.mainPhone, notes: later.notes });
    expect((await unmerge(own, later)).status).toBe(200);
    expect(contentsOf(await read(own.uuid))).toEqual(contentsOf(own));
  });

  test('reaches all that it was merged into one after the other', async () => {
    const of = person();
    const [first, second, third] = [await create({ notes: 'first' }), await create({ notes: '2' }), await create()];
    const other = await create(of.input);
    await merge(first, [other], { email: other.uuid, customer: other.uuid });
    await merge(second, [first], { metadata: first.uuid });
    await merge(third, [second], { notes: second.uuid });
    await update(third.uuid, { website: 'own.example' });
    await eraseWell(other);
    expect(await tracesLeft(of.traces)).toEqual([]);
    const after = await read(third.uuid);
    expect(after).toMatchObject({ notes: '2\n\nfirst', website: 'own.example', mainPhone: null, metadata: {} });
    expect((await unmerge(third, second)).status).toBe(200);
    expect((await unmerge(second, first)).status).toBe(200);
    expect(contentsOf(await read(first.uuid))).toEqual(contentsOf(first));
    expect(contentsOf(await read(second.uuid))).toEqual(contentsOf(second));
    expect(await tracesLeft(of.traces)).toEqual([]);
  });

  test('is told again by no kept answer, which tells the rest', async () => {
    const of = person();
    const own = await create();
    const other = await create(of.input);
    await merge(own, [other]);
    const key = keyed();
    const first = await caller.patch(`/customers/${own.uuid}`, { website: 'own.example' }, key);
    expect(first.text).toContain(of.input.email);
    await eraseWell(other);
    const again = await caller.patch(`/customers/${own.uuid}`, { website: 'own.example' }, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.data.customer).toEqual({ ...own, website: 'own.example', version: 3, updatedAt: expect.any(String) });
  });

  test('is refused while another has the email that the other one would get back', async () => {
    const own = await create();
    const other = await create();
    await merge(own, [other], { email: other.uuid });
    const holder = await create({ email: own.email });
    const answer = await erase(other);
    expect(answer.body).toMatchObject({
      code: 'email_already_exists',
      details: { email: own.email, existingCustomerUuid: holder.uuid },
    });
    expect((await find(own.uuid)).data.customer.email).toBe(other.email);
    await update(own.uuid, { email: uniqueEmail() });
    await eraseWell(other);
    expect(await tracesLeft([other.email])).toEqual([]);
  });
});

test('a disclosure tells of the merges of either customer, and of none that was erased', async () => {
  const [own, other] = [await create(), await create({ mainPhone: '1', notes: 'its' })];
  const mergesOf = async ({ uuid }: Customer) => (await caller.get(`/customers/${uuid}/disclosure`)).body.data;
  await merge(own, [other]);
  const told = {
    uuid: other.uuid,
    into: own.uuid,
    intoVersion: 2,
    taken: expect.objectContaining({ fields: { mainPhone: { from: null, to: '1' } }, notes: { at: 0, text: 'its' } }),
  };
  for (const one of [own, other]) expect(await mergesOf(one)).toMatchObject({ merges: [told] });
  await eraseWell(other);
  for (const one of [own, other]) expect(await mergesOf(one)).toMatchObject({ merges: [] });
});

describe('an erasure at the same time as', () => {
  test('a merge of it is one of the two orders, and leaves nothing', async () => {
    const people = Array.from({ length: 8 }, () => person());
    for (const { input } of people) {
      const [own, other] = [await create(), await create(input)];
      const [merged, erased] = await Promise.all([mergeCall(own, [other]), erase(other)]);
      expect(erased.status, erased.text).toBe(200);
      expect([200, 404]).toContain(merged.status);
      expect((await read(own.uuid)).contacts).toEqual([]);
    }
    expect(await tracesLeft(people.flatMap(({ traces }) => traces))).toEqual([]);
  });

  test('an unmerge of it is one of the two orders', async () => {
    for (let round = 0; round < 8; round++) {
      const [own, other] = [await create(), await create(person().input)];
      await merge(own, [other]);
      const [unmerged, erased] = await Promise.all([unmerge(own, other), erase(other)]);
      expect(erased.status, erased.text).toBe(200);
      expect([200, 404]).toContain(unmerged.status);
      expect(contentsOf(await read(own.uuid))).toEqual(contentsOf(own));
      expect((await find(other.uuid)).status).toBe(404);
    }
  });

  test('merges of what it was merged into, and of what was merged into it, leaves nothing', async () => {
    const people = Array.from({ length: 8 }, () => person());
    for (const { input } of people) {
      const [own, next, third] = [await create(), await create(), await create()];
      const other = await create(input);
      await merge(other, [third]);
      await merge(own, [other]);
      const [merged, erased, changed] = await Promise.all([
        mergeCall(next, [own]),
        erase(other),
        update(own.uuid, { website: 'own.example' }),
      ]);
      expect([merged.status, erased.status], erased.text).toEqual([200, 200]);
      expect([200, 404]).toContain(changed.status);
    }
    expect(await tracesLeft(people.flatMap(({ traces }) => traces))).toEqual([]);
  });
});
