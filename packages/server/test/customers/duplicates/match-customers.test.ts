import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../harness/caller.js';
import { smallCustomer, uniqueText } from '../../harness/customers.js';
import { startServer, type TestServer } from '../../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** A company that shares nothing with those of other tests. */
function company(fields: object = {}) {
  const host = `${uniqueText('host')}.example`;
  return smallCustomer({
    customer: `${uniqueText('Firm')} Trading`,
    email: `office@${host}`,
    ...fields,
  });
}

async function create(fields: object = {}, by = caller) {
  const { status, data } = await by.post('/customers', company(fields));
  expect(status).toBe(201);
  return data.customer;
}

async function match(...customers: object[]) {
  const { status, data, text } = await caller.post('/customers/match', { customers });
  expect(status, text).toBe(200);
  return data.results as unknown as { index: number; candidates: Candidate[] }[];
}

interface Candidate {
  uuid: string;
  customer: string;
  email: string;
  score: number;
  reasons: string[];
}

async function bestFor(customer: object): Promise<Candidate | undefined> {
  return (await match(customer))[0]?.candidates[0];
}

describe('match', () => {
  test('finds a customer that was created a moment ago, by each of its traits, and tells which', async () => {
    const stored = await create({
      mainPhone: '030 901820',
      website: `https://www.${uniqueText('shop')}.example/en`,
      externalId: uniqueText('id-'),
      billingAddress: { country: 'Germany' },
      contacts: [{ firstName: 'Maria', lastName: 'Anders', email: `${uniqueText('m')}@gmail.com` }],
    });
    const { customer } = stored;
    for (const [asked, reasons] of [
      [{ email: stored.email.toUpperCase() }, ['email']],
      [{ externalId: stored.externalId }, ['externalId']],
      [{ customer: `${customer.toUpperCase()} GmbH` }, ['name']],
      [{ customer, mainPhone: '+49 (30) 90 18-20' }, ['phone', 'name']],
      [{ customer, mainPhone: '030/901820' }, ['phone', 'name']],
      [{ customer, website: new URL(stored.website ?? '').hostname.slice(4) }, ['name', 'website']],
      [{ customer, contacts: [{ firstName: 'Anders', lastName: 'Maria' }] }, ['name', 'contact']],
      [{ customer, email: stored.contacts[0]?.email }, ['name', 'contact']],
      [
        { customer: customer.replace('Trading', 'Tradnig'), email: `hello@${stored.email.split('@')[1]}` },
        ['similar_name', 'website'],
      ],
    ] as const) {
      const found = await bestFor(asked);
      expect(found, JSON.stringify(asked)).toMatchObject({ uuid: stored.uuid, customer, email: stored.email });
      expect(found?.reasons).toEqual(reasons);
    }
  });

  test('calls sure what shares name and phone, and not what shares phone and website under another name', async () => {
    const stored = await create({ mainPhone: '+27 21 555 0199' });
    const host = stored.email.split('@')[1];
    const same = await bestFor({ customer: stored.customer, mainPhone: '+27215550199' });
    expect(same?.score).toBeGreaterThanOrEqual(0.9);
    const other = await bestFor({ customer: 'Kilimanjaro Optics', email: `k@${host}`, mainPhone: '+27215550199' });
    expect(other).toMatchObject({ uuid: stored.uuid, reasons: ['phone', 'website'] });
    expect(other?.score).toBeLessThan(0.7);
  });

  test('answers each of a hundred in its place, with at most five, best first', async () => {
    const name = `${uniqueText('Many')} Brothers`;
    const phones = Array.from({ length: 7 }, (_, index) => `+4930${5_551_000 + index}`);
    for (const mainPhone of phones) await create({ customer: name, mainPhone });
    const asked = Array.from({ length: 100 }, (_, index) => ({ customer: index === 63 ? name : uniqueText('Nobody') }));
    const results = await match(...asked.map((row, index) => (index === 63 ? { ...row, mainPhone: phones[4] } : row)));
    expect(results.map(({ index }) => index)).toEqual(asked.map((_, index) => index));
    const scores = results[63]?.candidates.map(({ score }) => score) ?? [];
    expect(scores).toHaveLength(5);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(results[63]?.candidates[0]?.reasons).toEqual(['phone', 'name']);
    expect(results.filter(({ index }) => index !== 63).flatMap(({ candidates }) => candidates)).toEqual([]);
  });

  test('follows updates, deletions and restores at once', async () => {
    const stored = await create();
    const renamed = `${uniqueText('Renamed')} Works`;
    await caller.patch(`/customers/${stored.uuid}`, { customer: renamed, email: `x@${uniqueText('h')}.example` });
    expect(await bestFor({ customer: stored.customer })).toBeUndefined();
    expect(await bestFor({ customer: renamed })).toMatchObject({ uuid: stored.uuid });
    await caller.delete(`/customers/${stored.uuid}`);
    expect(await bestFor({ customer: renamed })).toBeUndefined();
    await caller.post(`/customers/${stored.uuid}/restore`, {});
    expect(await bestFor({ customer: renamed })).toMatchObject({ uuid: stored.uuid });
  });

  test('never shows a record of another team', async () => {
    const stranger = await server.createCaller();
    const theirs = await create({ mainPhone: '+27 21 555 0142', externalId: uniqueText('id-') }, stranger);
    const { customer, email, mainPhone, externalId } = theirs;
    expect(await match({ customer, email, mainPhone, externalId })).toEqual([{ index: 0, candidates: [] }]);
  });

  test('does not take a mail provider or a social network for a website', async () => {
    await create({ email: `${uniqueText()}@gmail.com`, website: 'https://facebook.com/one' });
    const asked = { customer: uniqueText('Nobody'), email: `${uniqueText()}@gmail.com`, website: 'facebook.com/one' };
    expect(await match(asked)).toEqual([{ index: 0, candidates: [] }]);
  });

  test('names every field of every row that is at fault', async () => {
    const customers = [{ customer: 7 }, {}, { email: 'nobody', contacts: [{ phone: true }] }, 'text'];
    const { status, body } = await caller.post('/customers/match', { customers });
    expect([status, body.code]).toEqual([400, 'validation_error']);
    expect(body.errors?.map(({ field, code }) => [field, code])).toEqual([
      ['customers[0].customer', 'invalid_type'],
      ['customers[2].email', 'invalid_email'],
      ['customers[2].contacts[0].phone', 'invalid_type'],
      ['customers[3]', 'invalid_type'],
    ]);
  });

  test.each([
    [{}, 'required'],
    [{ customers: [] }, 'empty'],
    [{ customers: Array(101).fill({}) }, 'too_many_items'],
    [{ customers: {} }, 'invalid_type'],
  ])('refuses the envelope %#', async (body, code) => {
    const answer = await caller.post('/customers/match', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'customers', code })]);
  });

  test('says which fields were not used', async () => {
    const { data } = await caller.post('/customers/match', { customers: [{ customer: 'A', fax: '1' }], mode: 'x' });
    expect(data._partnerWarnings?.map(({ field }) => field)).toEqual(['mode', 'customers[0].fax']);
  });

  test('needs the scope to read customers', async () => {
    const writer = await server.createCaller({ app: caller.app, team: caller.team, scopes: ['customers:write'] });
    const answer = await writer.post('/customers/match', { customers: [{}] });
    expect([answer.status, answer.body.code]).toEqual([403, 'insufficient_scope']);
  });
});

describe('the duplicates of a customer', () => {
  const duplicatesOf = async (uuid: string) => {
    const { status, data, body } = await caller.get(`/customers/${uuid}/duplicates`);
    return status === 200 ? (data as unknown as { candidates: Candidate[] }).candidates : body.code;
  };

  test('are found as for one to match, without itself, until they are declared different', async () => {
    const phone = '+27 11 555 0100';
    const one = await create({ mainPhone: phone });
    const two = await create({ customer: `${one.customer} Ltd`, mainPhone: phone });
    expect(await duplicatesOf(one.uuid)).toMatchObject([{ uuid: two.uuid, reasons: ['phone', 'name'] }]);
    const declared = await caller.post(`/customers/${one.uuid}/not-duplicates`, { uuids: [two.uuid] });
    expect([declared.status, declared.data]).toEqual([200, { uuid: one.uuid, count: 1 }]);
    expect([await duplicatesOf(one.uuid), await duplicatesOf(two.uuid)]).toEqual([[], []]);
    await caller.patch(`/customers/${two.uuid}`, { customer: one.customer });
    await caller.delete(`/customers/${one.uuid}`);
    await caller.post(`/customers/${one.uuid}/restore`, {});
    expect([await duplicatesOf(one.uuid), await duplicatesOf(two.uuid)]).toEqual([[], []]);
    // It is said of the two, and not of a third that is like them.
    expect(await match({ customer: one.customer, mainPhone: phone })).toMatchObject([{ candidates: [{}, {}] }]);
  });

  test('are 404 for a customer of another team, and of nobody', async () => {
    const theirs = await create({}, await server.createCaller());
    expect(await duplicatesOf(theirs.uuid)).toBe('customer_not_found');
    expect(await duplicatesOf(randomUUID())).toBe('customer_not_found');
  });
});

describe('declaring customers different', () => {
  test('names those that the team does not have, and declares none', async () => {
    const one = await create();
    const theirs = await create({}, await server.createCaller());
    const two = await create({ customer: one.customer });
    const path = `/customers/${one.uuid}/not-duplicates`;
    const answer = await caller.post(path, { uuids: [two.uuid, theirs.uuid] });
    expect([answer.status, answer.body.code, answer.body.details]).toEqual([
      404,
      'customer_not_found',
      { uuids: [theirs.uuid] },
    ]);
    const { data } = await caller.get(`/customers/${one.uuid}/duplicates`);
    expect(data).toMatchObject({ candidates: [{ uuid: two.uuid }] });
  });

  test.each([
    [{}, 'uuids', 'required'],
    [{ uuids: [] }, 'uuids', 'empty'],
    [{ uuids: ['x'] }, 'uuids[0]', 'invalid_uuid'],
  ])('refuses %j', async (body, field, code) => {
    const { uuid } = await create();
    const answer = await caller.post(`/customers/${uuid}/not-duplicates`, body);
    expect(answer.body.errors).toEqual([expect.objectContaining({ field, code })]);
  });

  test('refuses the customer of the path', async () => {
    const { uuid } = await create();
    const answer = await caller.post(`/customers/${uuid}/not-duplicates`, { uuids: [uuid.toUpperCase()] });
    expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'uuids', code: 'invalid_value' })]);
  });

  test('may come again, and with its key gives its answer again', async () => {
    const [one, two] = [await create(), await create()];
    const path = `/customers/${one.uuid}/not-duplicates`;
    const headers = { 'idempotency-key': uniqueText('key-') };
    const body = { uuids: [two.uuid] };
    const first = await caller.post(path, body, { headers });
    const again = await caller.post(path, body, { headers });
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect((await caller.post(path, body)).status).toBe(200);
  });
});
