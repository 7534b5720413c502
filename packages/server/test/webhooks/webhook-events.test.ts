import { createHmac, randomUUID } from 'node:crypto';
import type { Customer } from '@countersign/contract';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail } from '../harness/customers.js';
import { type Arrival, type Receiver, startReceiver } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { EVENTS, LOCAL_WEBHOOKS, subscribe, subscribeToAll } from './webhook-caller.js';

let server: TestServer;
let receiver: Receiver;
let caller: Caller;

/** How much had arrived before the test. */
let before = 0;

beforeAll(async () => {
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  receiver = await startReceiver();
  caller = await server.createCaller();
  await subscribeToAll(caller, { callbackUrl: `${receiver.url}/hook` });
});
beforeEach(() => {
  before = receiver.arrivals.length;
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

const isAtHook = ({ path }: Arrival) => path === '/hook';

const create = async (fields = {}): Promise<Customer> =>
  (await caller.post('/customers', smallCustomer(fields))).data.customer;

const read = async (uuid: string): Promise<Customer> => (await caller.get(`/customers/${uuid}`)).data.customer;

/** The one event of a customer that arrived last, once so many have. */
async function lastOf(uuid: string, count: number): Promise<Arrival> {
  const ofCustomer = (all: readonly Arrival[]) => all.filter((one) => isAtHook(one) && one.event.data.id === uuid);
  const own = ofCustomer(await receiver.until((all) => ofCustomer(all).length >= count));
  expect(own).toHaveLength(count);
  const last = own.at(-1);
  if (last === undefined) throw new Error('nothing arrived');
  return last;
}

/** What was changed, with the values it had. */
function difference(before: Customer, after: Customer): object {
  const now = new Map<string, unknown>(Object.entries(after));
  return Object.fromEntries(
    Object.entries(before).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(now.get(field))),
  );
}

describe('every way of writing sends its event, with the very object that a GET answers', () => {
  test('create', async () => {
    const customer = await create({ contacts: [{ firstName: 'Thandi' }], metadata: { segment: 'retail' } });
    const { event, headers, body } = await lastOf(customer.uuid, 1);
    expect(event).toEqual({
      id: headers['x-webhook-id'],
      event: 'customer.created',
      apiVersion: '1',
      occurredAt: customer.updatedAt,
      team: { id: caller.team.uuid, name: caller.team.name },
      data: await read(customer.uuid),
    });
    expect(body).toContain(JSON.stringify(customer));
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-webhook-event': 'customer.created',
      'webhook-id': event.id,
    });
    expect(headers).not.toHaveProperty('x-webhook-signature');
  });

  test.each<[string, (customer: Customer) => Promise<unknown>]>([
    ['an update', ({ uuid }) => caller.patch(`/customers/${uuid}`, { mainPhone: '+27 1', website: null })],
    ['an update by PUT', ({ uuid }) => caller.put(`/customers/${uuid}`, { billingAddress: { city: 'Durban' } })],
    ['a bulk update', ({ uuid }) => caller.patch('/customers/bulk', { customers: [{ uuid, notes: 'bulk' }] })],
    [
      'an atomic bulk update',
      ({ uuid }) => caller.patch('/customers/bulk', { mode: 'atomic', customers: [{ uuid, notes: 'atomic' }] }),
    ],
    ['a new contact', ({ uuid }) => caller.post(`/customers/${uuid}/contacts`, { phone: '1' })],
    [
      'a changed contact',
      ({ uuid, contacts }) => caller.patch(`/customers/${uuid}/contacts/${contacts[0]?.uuid}`, { isPrimary: true }),
    ],
    ['a deleted contact', ({ uuid, contacts }) => caller.delete(`/customers/${uuid}/contacts/${contacts[0]?.uuid}`)],
    [
      'create-or-update by email',
      ({ email }) => caller.put(`/customers/by-email/${encodeURIComponent(email)}`, { notes: 'upsert' }),
    ],
    [
      'create-or-update by external id',
      ({ externalId }) => caller.put(`/customers/by-external-id/${externalId}`, { email: uniqueEmail() }),
    ],
  ])('%s: customer.updated, and what changed', async (_, change) => {
    const before = await create({ website: 'acme.example', contacts: [{ firstName: 'A' }], externalId: randomUUID() });
    await change(before);
    const after = await read(before.uuid);
    expect(after.version).toBe(2);
    const { event } = await lastOf(before.uuid, 2);
    expect(event).toMatchObject({ event: 'customer.updated', occurredAt: after.updatedAt });
    expect(event.data).toEqual(after);
    expect(event.previousData).toEqual(difference(before, after));
    expect({ ...event.data, ...event.previousData }).toEqual(before);
  });

  test('a revert: customer.updated, with the contents that it had', async () => {
    const { uuid } = await create({ notes: 'first' });
    await caller.patch(`/customers/${uuid}`, { notes: 'second' });
    await caller.post(`/customers/${uuid}/revert`, { version: 1 });
    const { event } = await lastOf(uuid, 3);
    expect(event).toMatchObject({ event: 'customer.updated', previousData: { notes: 'second', version: 2 } });
    expect(event.data).toEqual(await read(uuid));
  });

  test.each<[string, (body: object) => Promise<unknown>]>([
    ['a bulk create', (body) => caller.post('/customers/bulk', { customers: [body] })],
    ['an atomic bulk create', (body) => caller.post('/customers/bulk', { mode: 'atomic', customers: [body] })],
    ['create-or-update by external id', (body) => caller.put(`/customers/by-external-id/${randomUUID()}`, body)],
  ])('%s: customer.created', async (_, send) => {
    const body = smallCustomer();
    await send(body);
    const { data } = await caller.get('/customers/find-by-email', { query: { email: body.email } });
    const { event } = await lastOf(data.customer.uuid, 1);
    expect(event.event).toBe('customer.created');
    expect(event.data).toEqual(data.customer);
    expect(event).not.toHaveProperty('previousData');
  });

  test('a deletion with the id alone, and a restore as a creation', async () => {
    const { uuid } = await create();
    await caller.delete(`/customers/${uuid}`);
    const deletion = await lastOf(uuid, 2);
    expect(deletion.event).toMatchObject({ event: 'customer.deleted', data: { id: uuid } });
    expect(Object.keys(deletion.event.data)).toEqual(['id']);
    expect(deletion.event).not.toHaveProperty('previousData');
    await caller.post(`/customers/${uuid}/restore`, undefined);
    const { event } = await lastOf(uuid, 3);
    expect(event.event).toBe('customer.created');
    expect(event.data).toEqual(await read(uuid));
  });
});

describe('what was not committed sends nothing', () => {
  test('neither a refused write, a row of a failed atomic bulk, a repetition, nor an update without a change', async () => {
    const taken = await create();
    const fine = smallCustomer();
    await caller.post('/customers', smallCustomer({ email: taken.email }));
    await caller.post('/customers/bulk', { mode: 'atomic', customers: [fine, { email: taken.email, customer: 'X' }] });
    await caller.patch('/customers/bulk', {
      mode: 'atomic',
      customers: [
        { uuid: taken.uuid, notes: 'rolled back' },
        { uuid: randomUUID(), notes: 'nobody' },
      ],
    });
    await caller.patch(`/customers/${taken.uuid}`, { email: taken.email });
    const key = { headers: { 'idempotency-key': randomUUID() } };
    const body = smallCustomer();
    for (let times = 0; times < 2; times++) await caller.post('/customers', body, key);
    // What comes last arrives last: whatever was before it would be there.
    const last = await create();
    const arrivals = await receiver.until((all) => all.some(({ event }) => event.data.id === last.uuid));
    const emails = arrivals.slice(before).map(({ event }) => Reflect.get(event.data, 'email'));
    expect(emails.sort()).toEqual([taken.email, body.email, last.email].sort());
  });

  test('another team, or another app of the team, hears nothing of it', async () => {
    const other = await server.createCaller();
    const elsewhere = await startReceiver();
    await subscribe(other, { callbackUrl: elsewhere.url });
    const own = await create();
    const { data } = await other.post('/customers', smallCustomer());
    await elsewhere.until((all) => all.length > 0);
    await lastOf(own.uuid, 1);
    expect(elsewhere.arrivals.map(({ event }) => event.data.id)).toEqual([data.customer.uuid]);
    expect(receiver.arrivals.slice(before).map(({ event }) => event.data.id)).toEqual([own.uuid]);
    await elsewhere.stop();
  });
});

describe('a signature', () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;

  test('verifies with the standardwebhooks package, and by hand', async () => {
    await subscribe(caller, { callbackUrl: `${receiver.url}/signed`, signingSecret: secret });
    await create();
    const arrivals = await receiver.until((all) => all.some(({ path }) => path === '/signed'));
    const { body, headers } = arrivals.find(({ path }) => path === '/signed') as Arrival;
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
    const standard = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
    expect(new StandardWebhook(secret).verify(body, standard)).toEqual(JSON.parse(body));
    expect(headers['x-webhook-signature']).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
    expect(() => new StandardWebhook(secret).verify(`${body} `, standard)).toThrow();
  });

  test('is made by both secrets while one is replaced, and by the new one alone afterwards', async () => {
    const next = `whsec_${Buffer.from('fedcba9876543210fedcba9876543210').toString('base64')}`;
    const webhook = await subscribe(caller, { callbackUrl: `${receiver.url}/rotated`, signingSecret: secret });
    const signaturesOfNext = async () => {
      const { uuid } = await create();
      const isOwn = ({ path, event }: Arrival) => path === '/rotated' && event.data.id === uuid;
      const arrival = (await receiver.until((all) => all.some(isOwn))).find(isOwn) as Arrival;
      const standard = {
        'webhook-id': String(arrival.headers['webhook-id']),
        'webhook-timestamp': String(arrival.headers['webhook-timestamp']),
        'webhook-signature': String(arrival.headers['webhook-signature']),
      };
      const isVerified = (key: string) => {
        try {
          return new StandardWebhook(key).verify(arrival.body, standard) !== undefined;
        } catch {
          return false;
        }
      };
      return { count: standard['webhook-signature'].split(' ').length, old: isVerified(secret), new: isVerified(next) };
    };
    expect(await signaturesOfNext()).toEqual({ count: 1, old: true, new: false });
    await caller.patch(`/webhooks/${webhook.uuid}`, { signingSecret: next });
    expect(await signaturesOfNext()).toEqual({ count: 2, old: true, new: true });
    await caller.patch(`/webhooks/${webhook.uuid}`, { previousSecretSeconds: 0 });
    expect(await signaturesOfNext()).toEqual({ count: 1, old: false, new: true });
  });
});

test('a test event is marked, signed and listed, and goes to a paused subscription too', async () => {
  for (const event of EVENTS) {
    const webhook = await subscribe(caller, { event, callbackUrl: `${receiver.url}/${event}`, status: 'paused' });
    const { status, data } = await caller.post(`/webhooks/${webhook.uuid}/test`, undefined);
    expect(status).toBe(202);
    const arrivals = await receiver.until((all) => all.some(({ path }) => path === `/${event}`));
    const { event: told, body } = arrivals.find(({ path }) => path === `/${event}`) as Arrival;
    expect(told).toMatchObject({ id: data.delivery.uuid, event, test: true, team: { id: caller.team.uuid } });
    expect(body).toBe(data.delivery.requestBody);
    expect(data.delivery.isTest).toBe(true);
  }
});
