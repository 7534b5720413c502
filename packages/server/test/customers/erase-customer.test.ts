import type { Customer, Disclosure } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { type Arrival, type Receiver, startReceiver } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { deliveriesOf, LOCAL_WEBHOOKS, subscribeToAll, untilDeliveries } from '../webhooks/webhook-caller.js';

let server: TestServer;
let caller: Caller;
let receiver: Receiver;

beforeAll(async () => {
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  caller = await server.createCaller();
  receiver = await startReceiver();
});
afterAll(() => Promise.all([server.stop(), receiver.stop()]));

const keyed = () => ({ headers: { 'idempotency-key': uniqueText('key-') } });
const erase = (uuid: string, by = caller) => by.post(`/customers/${uuid}/erase`, {});

async function disclosureOf(uuid: string): Promise<Disclosure> {
  const answer = await caller.get(`/customers/${uuid}/disclosure`);
  expect(answer.status, answer.text).toBe(200);
  const { data }: { data: unknown } = answer;
  return data as Disclosure;
}

/** Texts of one person, each of which no other has. */
function person() {
  const names = ['name', 'phone', 'notes', 'street', 'key', 'value', 'tax'] as const;
  const texts = Object.fromEntries(names.map((name) => [name, uniqueText(`${name}-`)])) as Record<
    (typeof names)[number],
    string
  >;
  const [email, formerEmail, contactEmail, externalId] = [uniqueEmail(), uniqueEmail(), uniqueEmail(), uniqueText()];
  const input = {
    customer: `Name ${texts.name}`,
    email: formerEmail,
    mainPhone: texts.phone,
    notes: texts.notes.repeat(150),
    taxNumber: texts.tax,
    externalId,
    billingAddress: { street: texts.street },
    metadata: { [texts.key]: texts.value },
    contacts: [{ email: contactEmail, firstName: uniqueText('first-') }],
  };
  const traces = [
    ...Object.values(texts),
    email,
    formerEmail,
    contactEmail,
    externalId,
    input.contacts[0]?.firstName ?? '',
  ];
  return { input, email, formerEmail, contactEmail, externalId, traces };
}

async function tracesLeft(traces: readonly string[]): Promise<string[]> {
  const contents = await server.database.readContents();
  return traces.filter((trace) => contents.includes(trace));
}

type Person = ReturnType<typeof person>;

/** Leaves everything of a person that a server keeps: history, kept answers of all kinds, events and receivers' answers. */
async function leaveTraces(of: Person): Promise<Customer> {
  const { input, email, externalId } = of;
  const created = await caller.post('/customers', input, keyed());
  const { uuid, contacts } = created.data.customer;
  await caller.post('/customers', { ...smallCustomer(), email: input.email.toUpperCase() }, keyed());
  await caller.post('/customers/bulk', { customers: [smallCustomer(), smallCustomer({ externalId })] }, keyed());
  await caller.patch(`/customers/${uuid}`, { email, notes: null }, keyed());
  await caller.patch('/customers/bulk', { customers: [{ uuid, website: 'https://acme.example' }] }, keyed());
  await caller.patch(`/customers/${uuid}/contacts/${contacts[0]?.uuid}`, { phone: '1' }, keyed());
  await caller.patch(`/customers/${uuid}`, { notes: 'named' }, { headers: { 'idempotency-key': `of-${email}` } });
  return (await caller.get(`/customers/${uuid}`)).data.customer;
}

describe('an erased customer', () => {
  test('leaves nothing in the bytes of the database: contents, history, search, events, deliveries, kept answers', async () => {
    const webhooks = await subscribeToAll(caller, { callbackUrl: receiver.url });
    const of = person();
    receiver.answer((response, { body }) => response.writeHead(500).end(body));
    const { uuid } = await leaveTraces(of);
    const updates = webhooks.find(({ event }) => event === 'customer.created');
    if (updates !== undefined)
      await untilDeliveries(caller, updates, (all) => all.some(({ attempts }) => attempts.length > 0));
    await caller.get('/customers', { query: { search: of.email } });
    expect((await tracesLeft(of.traces)).sort()).toEqual([...of.traces].sort());
    receiver.answer((response) => response.writeHead(204).end());

    const answer = await erase(uuid);
    expect(answer.status, answer.text).toBe(200);
    const { data }: { data: object } = answer;
    expect(data).toEqual({ uuid, id: uuid, erased: true, erasedAt: expect.any(String) });
    expect(await tracesLeft(of.traces)).toEqual([]);
    await receiver.until((all) =>
      all.some(({ event }) => event.event === 'customer.deleted' && event.data.id === uuid),
    );
    expect(await tracesLeft(of.traces)).toEqual([]);
  });

  test('is told to subscriptions once, and listed as deleted to mirrors', async () => {
    const apart = await server.createCaller();
    await subscribeToAll(apart, { callbackUrl: `${receiver.url}/apart` });
    const { uuid } = (await apart.post('/customers', smallCustomer())).data.customer;
    await apart.delete(`/customers/${uuid}`);
    const since = (await apart.get('/customers', { query: { includeDeleted: 'true' } })).data.customers[0]?.updatedAt;
    const first = await erase(uuid, apart);
    const again = await erase(uuid, apart);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect({ ...again.data }).toEqual({ ...first.data });
    const isTold = ({ path, event }: Arrival) => path === '/apart' && isErasure(event.data);
    const arrivals = await receiver.until((all) => all.some(isTold));
    expect(arrivals.filter(isTold).map(({ event }) => event)).toMatchObject([
      { event: 'customer.deleted', data: { id: uuid, erased: true } },
    ]);
    const query = { includeDeleted: 'true', updatedSince: since ?? '' };
    expect((await apart.get('/customers', { query })).data.customers).toMatchObject([{ uuid, deleted: true }]);
  });

  test('is not there for any other call, and its email and external id are free', async () => {
    const { input } = person();
    const { uuid } = (await caller.post('/customers', input)).data.customer;
    await caller.patch(`/customers/${uuid}`, { notes: 'x' });
    await erase(uuid);
    const answers: WireAnswer[] = [
      await caller.get(`/customers/${uuid}`),
      await caller.get(`/customers/${uuid}`, { query: { version: 1 } }),
      await caller.get(`/customers/${uuid}`, { query: { at: new Date().toISOString() } }),
      await caller.get(`/customers/${uuid}/history`),
      await caller.get(`/customers/${uuid}/contacts`),
      await caller.get('/customers/find-by-email', { query: { email: input.email } }),
      await caller.patch(`/customers/${uuid}`, { notes: 'y' }),
      await caller.delete(`/customers/${uuid}`),
      await caller.post(`/customers/${uuid}/restore`, {}),
      await caller.post(`/customers/${uuid}/revert`, { version: 1 }),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(answers.map(() => 'customer_not_found'));
    expect((await caller.get('/customers', { query: { search: input.customer } })).data.customers).toEqual([]);
    expect((await caller.post('/customers', input)).status).toBe(201);
  });

  test('is not made anew by a repeat of the request that made it', async () => {
    const key = keyed();
    const input = smallCustomer();
    const { uuid } = (await caller.post('/customers', input, key)).data.customer;
    await erase(uuid);
    const repeat = await caller.post('/customers', input, key);
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(repeat.data.customer).toEqual({ uuid, id: uuid, version: 1, erased: true });
    expect((await caller.get('/customers/find-by-email', { query: { email: input.email } })).status).toBe(404);
  });

  test('takes nothing of another: neither its row of a bulk answer nor its record', async () => {
    const key = keyed();
    const rows = [smallCustomer(), smallCustomer()];
    const bulk = await caller.post('/customers/bulk', { customers: rows }, key);
    const [first, second] = bulk.data.results;
    if (first?.success !== true || second?.success !== true) throw new Error('the rows were refused');
    await erase(first.customer.uuid);
    const repeat = await caller.post('/customers/bulk', { customers: rows }, key);
    expect(repeat.data.results[1]).toEqual(second);
    expect(repeat.text).not.toContain(rows[0]?.email);
    expect((await caller.get(`/customers/${second.customer.uuid}`)).data.customer).toEqual(second.customer);
  });

  test('is another than nobody any more', async () => {
    const [one, other] = [smallCustomer(), smallCustomer()];
    const { uuid } = (await caller.post('/customers', one)).data.customer;
    const second = (await caller.post('/customers', other)).data.customer;
    await caller.post(`/customers/${uuid}/not-duplicates`, { uuids: [second.uuid] });
    expect((await disclosureOf(second.uuid)).notDuplicates).toMatchObject([{ uuid }]);
    await erase(uuid);
    expect((await disclosureOf(second.uuid)).notDuplicates).toEqual([]);
  });

  test('is 404 for another team, which erases nothing', async () => {
    const other = await server.createCaller();
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    expect((await erase(uuid, other)).body.code).toBe('customer_not_found');
    expect((await other.get(`/customers/${uuid}/disclosure`)).body.code).toBe('customer_not_found');
    expect((await caller.get(`/customers/${uuid}`)).status).toBe(200);
  });

  test('needs customers:write, and a disclosure customers:read', async () => {
    const reading = await server.createCaller({ team: caller.team, scopes: ['customers:read'] });
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    expect((await erase(uuid, reading)).body.code).toBe('insufficient_scope');
    const writing = await server.createCaller({ team: caller.team, scopes: ['customers:write'] });
    expect((await writing.get(`/customers/${uuid}/disclosure`)).body.code).toBe('insufficient_scope');
    expect(await erase(uuid, writing)).toMatchObject({ status: 200, data: { uuid, erased: true } });
  });
});

function isErasure(data: object): boolean {
  return 'erased' in data;
}

describe('at the same time as an erasure', () => {
  test('a delivery in flight is not recorded back', async () => {
    const apart = await server.createCaller();
    const of = person();
    let finish = () => {};
    const hanging = await startReceiver((response, { body, event }) => {
      if (event.event === 'customer.deleted') response.writeHead(204).end();
      else finish = () => response.writeHead(500).end(body);
    });
    const webhooks = await subscribeToAll(apart, { callbackUrl: hanging.url });
    const { uuid } = (await apart.post('/customers', of.input)).data.customer;
    await hanging.until((all) => all.length > 0);
    expect((await erase(uuid, apart)).status).toBe(200);
    await hanging.until((all) => all.some(({ event }) => event.event === 'customer.deleted'));
    finish();
    // What is recorded later has been recorded after the answer to it.
    const other = (await apart.post('/customers', smallCustomer())).data.customer;
    await hanging.until((all) => all.some(({ event }) => event.data.id === other.uuid));
    finish();
    const [created] = webhooks;
    if (created === undefined) throw new Error('no subscription');
    await untilDeliveries(apart, created, (all) => all.some(({ attempts }) => attempts.length > 0));
    expect((await deliveriesOf(apart, created)).map(({ customerUuid }) => customerUuid)).toEqual([other.uuid]);
    expect(await tracesLeft(of.traces)).toEqual([]);
    await hanging.stop();
  });

  test('writes come before it or find nothing, and leave nothing', async () => {
    const people = Array.from({ length: 8 }, person);
    await Promise.all(
      people.map(async ({ input, formerEmail, traces }) => {
        const { uuid } = (await caller.post('/customers', input, keyed())).data.customer;
        const fields = { notes: traces[2] };
        const [erased, ...others] = await Promise.all([
          erase(uuid),
          caller.patch(`/customers/${uuid}`, fields, keyed()),
          caller.patch('/customers/bulk', { customers: [{ uuid, ...fields }] }, keyed()),
          caller.post(`/customers/${uuid}/contacts`, { name: traces[0] }, keyed()),
          caller.delete(`/customers/${uuid}`, keyed()),
          caller.patch(`/customers/${uuid}`, fields),
          // Refused, or after the erasure of another: then it is a record of its own.
          caller.post('/customers', smallCustomer({ externalId: input.externalId }), keyed()),
        ]);
        expect(erased.status).toBe(200);
        for (const { status } of others) expect([200, 201, 404, 409]).toContain(status);
        const made = others.at(-1);
        if (made?.status === 201) expect((await erase(made.data.customer.uuid)).status).toBe(200);
        expect((await caller.get(`/customers/${uuid}`)).status).toBe(404);
        expect((await caller.get('/customers/find-by-email', { query: { email: formerEmail } })).status).toBe(404);
      }),
    );
    expect(await tracesLeft(people.flatMap(({ traces }) => traces))).toEqual([]);
  });
});

describe('a disclosure', () => {
  test('has everything that is kept of a customer, also of a deleted one', async () => {
    const apart = await server.createCaller({ team: caller.team });
    const of = person();
    const { uuid } = await leaveTraces(of);
    await apart.delete(`/customers/${uuid}`);
    const disclosure = await disclosureOf(uuid);
    expect(disclosure.isComplete).toBe(true);
    expect(disclosure.customer).toMatchObject({ uuid, email: of.email, deletedAt: expect.any(String) });
    expect(disclosure.history.map(({ action }) => action).at(0)).toBe('deleted');
    expect(disclosure.history).toHaveLength(6);
    expect(disclosure.keptAnswers.length).toBeGreaterThanOrEqual(6);
    const text = JSON.stringify(disclosure);
    for (const trace of of.traces) expect(text).toContain(trace);
  });

  test('has a long history whole, in order', async () => {
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    for (let count = 0; count < 120; count++) await caller.patch(`/customers/${uuid}`, { notes: String(count) });
    const { history } = await disclosureOf(uuid);
    expect(history.map(({ version }) => version)).toEqual(Array.from({ length: 121 }, (_, index) => 121 - index));
    expect(history.every(({ changes }, index) => index === 120 || changes.length === 1)).toBe(true);
  });

  test('tells who was told, and of an erased one who erased it', async () => {
    await subscribeToAll(caller, { callbackUrl: `${receiver.url}/told` });
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    await receiver.until((all) => all.some(({ event }) => event.data.id === uuid));
    const before = await disclosureOf(uuid);
    expect(before.deliveries).toContainEqual(expect.objectContaining({ callbackUrl: `${receiver.url}/told` }));
    expect(before.events).toMatchObject([{ event: 'customer.created', data: { uuid } }]);
    const erased = await erase(uuid);
    const after = await disclosureOf(uuid);
    expect(after.customer).toEqual({
      uuid,
      id: uuid,
      erased: true,
      createdAt: before.customer.createdAt,
      erasedAt: expect.any(String),
      version: 2,
    });
    expect(after).toMatchObject({ history: [], keptAnswers: [] });
    expect(after.audit).toMatchObject([
      {
        event: 'customer.erased',
        team: caller.team.uuid,
        clientId: caller.app.clientId,
        customer: uuid,
        requestId: erased.headers.get('x-request-id'),
      },
    ]);
  });

  test('is 404 for a customer that never was', async () => {
    const answer = await caller.get('/customers/3f8b0a52-1c8e-4d8e-9d64-0b4c5e6f7a81/disclosure');
    expect(answer.body.code).toBe('customer_not_found');
  });
});
