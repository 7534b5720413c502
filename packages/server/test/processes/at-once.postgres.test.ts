import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { expectInTime, floorOf, timeOf } from '../harness/in-time.js';
import { signedOnce } from '../harness/signed-once.js';
import { sendBytes } from '../harness/signed-request.js';
import { startTwoServers, type TwoServers } from '../harness/two-servers.js';

let processes: TwoServers;
let callers: readonly [Caller, Caller];

beforeAll(async () => {
  processes = await startTwoServers();
  callers = await processes.createCallers();
});
afterAll(() => processes.stop());

/** Calls in turn to the one process and to the other, all at once. */
function atOnce<T>(count: number, call: (caller: Caller, index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(callers[index % 2 === 0 ? 0 : 1], index)));
}

function statuses(answers: readonly WireAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('two processes on one database, asked at once', () => {
  test('make one customer of forty creates of one email, and the others name it', async () => {
    const email = uniqueEmail();
    const answers = await atOnce(40, (caller, index) => caller.post('/customers', { customer: `N ${index}`, email }));
    expect(statuses(answers)).toEqual({ 201: 1, 409: 39 });
    const winner = answers.find(({ status }) => status === 201)?.data.customer;
    for (const { status, body } of answers) {
      if (status === 409) expect(body.details?.existingCustomerUuid).toBe(winner?.uuid);
    }
    for (const caller of callers) {
      const { data } = await caller.get('/customers', { query: { search: email } });
      expect(data.customers).toEqual([winner]);
      expect(data.pagination.total).toBe(1);
    }
  });

  test('make one customer and one answer of twenty creates with one idempotency key', async () => {
    const customer = smallCustomer({ contacts: [{ name: 'Thandi' }] });
    const headers = { 'idempotency-key': uniqueText('key-') };
    const answers = await atOnce(20, (caller) => caller.post('/customers', customer, { headers }));
    expect(statuses(answers)).toEqual({ 201: 20 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(19);
  });

  test('refuse a key that was used for another request at the other', async () => {
    const headers = { 'idempotency-key': uniqueText('key-') };
    expect((await callers[0].post('/customers', smallCustomer(), { headers })).status).toBe(201);
    const other = await callers[1].post('/customers', smallCustomer(), { headers });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  test.each([
    ['external id', () => uniqueText('ext-'), 'by-external-id'],
    ['email', () => uniqueEmail(), 'by-email'],
  ])('make one customer of upserts of one %s', async (_name, newKey, route) => {
    for (let round = 0; round < 5; round++) {
      const path = `/customers/${route}/${encodeURIComponent(newKey())}`;
      const email = route === 'by-email' ? {} : { email: uniqueEmail() };
      const answers = await atOnce(8, (caller, index) => caller.put(path, { customer: `Name ${index}`, ...email }));
      expect(statuses(answers)).toEqual({ 200: 7, 201: 1 });
      expect(new Set(answers.map(({ data }) => data.customer.uuid)).size).toBe(1);
      const versions = answers.map(({ data }) => data.customer.version).sort((a, b) => a - b);
      expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  test('let one of twenty updates of one version succeed', async () => {
    const { data } = await callers[0].post('/customers', smallCustomer());
    const headers = { 'if-match': '"1"' };
    const answers = await atOnce(20, (caller, index) =>
      caller.patch(`/customers/${data.customer.uuid}`, { notes: `Note ${index}` }, { headers }),
    );
    expect(statuses(answers)).toEqual({ 200: 1, 412: 19 });
  });

  test('never give two customers one email when emails are swapped in a circle', async () => {
    const emails = Array.from({ length: 6 }, () => uniqueEmail());
    const made = await Promise.all(emails.map((email) => callers[0].post('/customers', smallCustomer({ email }))));
    const uuids = made.map(({ data }) => data.customer.uuid);
    const answers = await atOnce(6, (caller, index) =>
      caller.patch(`/customers/${uuids[index]}`, { email: emails[(index + 1) % 6] }),
    );
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const now = await Promise.all(uuids.map((uuid) => callers[1].get(`/customers/${uuid}`)));
    expect(new Set(now.map(({ data }) => data.customer.email)).size).toBe(6);
  });

  test('show a write of the one at once in every read of the other', async () => {
    for (let round = 0; round < 10; round++) {
      const { data } = await callers[0].post('/customers', smallCustomer());
      const { uuid, email } = data.customer;
      const answers = await Promise.all([
        callers[1].get(`/customers/${uuid}`),
        callers[1].get('/customers/find-by-email', { query: { email } }),
        callers[1].get('/customers', { query: { search: email } }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(answers[2]?.data.customers).toEqual([data.customer]);
    }
  });

  test('refuse within a second a token that was revoked at the other', async () => {
    const { first } = processes;
    const [team, app] = await Promise.all([first.createTeam(), first.createApp()]);
    const here = await first.createCaller({ app, team });
    const there = await processes.second.createCaller({ app, team });
    for (const caller of [here, there]) expect((await caller.get('/customers')).status).toBe(200);
    const { accessToken: token } = there;
    const floorMs = await floorOf(() => there.get('/customers'));
    expect((await here.post('/revoke-token', { token })).status).toBe(200);
    const tookMs = await timeOf(() => eventually(async () => expect((await there.get('/customers')).status).toBe(401)));
    expectInTime(tookMs, { limitMs: 1_000, floorMs });
    expect((await here.get('/customers')).status).toBe(200);
  });
});

describe('the very same signed request, sent to two processes that share a database and nothing else', () => {
  const sendToBoth = async (request: ReturnType<typeof signedOnce>) => {
    const answers = await atOnce(20, ({ url }) => sendBytes(url, request));
    return statuses(answers);
  };

  test('makes one customer, and makes it no second time once it is deleted', async () => {
    const [caller] = callers;
    const request = signedOnce(caller, { method: 'POST', path: '/customers', body: smallCustomer() });
    expect(await sendToBoth(request)).toEqual({ 201: 1, 409: 19 });
    const { details } = (await sendBytes(processes.second.url, request)).body;
    expect((await caller.delete(`/customers/${details?.existingCustomerUuid}`)).status).toBe(200);
    expect(await sendToBoth(request)).toEqual({ 401: 20 });
  });

  test('adds one contact', async () => {
    const [caller] = callers;
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    const path = `/customers/${uuid}/contacts`;
    const request = signedOnce(caller, { method: 'POST', path, body: { firstName: 'Sam' } });
    expect(await sendToBoth(request)).toEqual({ 201: 1, 401: 19 });
    expect((await caller.get(path)).data.contacts).toHaveLength(1);
  });
});
