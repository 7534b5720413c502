import type { Customer, HistoryEntry } from '@countersign/contract';
import fc from 'fast-check';
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

async function created(fields: object = {}): Promise<Customer> {
  return (await caller.post('/customers', smallCustomer(fields))).data.customer;
}
const historyOf = async (uuid: string) => (await caller.get(`/customers/${uuid}/history`)).data.history;
const contentsOf = ({ uuid: _, id: __, createdAt: ___, updatedAt: ____, version: _____, ...contents }: Customer) =>
  contents;

/** The contents of a customer after changes, oldest first. */
function replayed(history: readonly HistoryEntry[]): object {
  const fields = history.flatMap(({ changes }) => changes.map(({ field, to }) => [field, to]));
  return Object.fromEntries(fields);
}

describe('a history', () => {
  test('tells who did what, when, with which request, newest first', async () => {
    const first = await caller.post('/customers', smallCustomer({ mainPhone: '1' }), {
      headers: { 'x-request-id': 'made:by-me' },
    });
    const { uuid } = first.data.customer;
    const second = await caller.patch(`/customers/${uuid}`, { mainPhone: '2', notes: 'x' });
    const answer = await caller.get(`/customers/${uuid}/history`);
    expect(answer.status).toBe(200);
    const actor = { type: 'app', id: caller.app.clientId, name: expect.any(String) };
    expect(answer.data.history).toEqual([
      {
        version: 2,
        action: 'updated',
        at: second.data.customer.updatedAt,
        actor,
        requestId: second.headers.get('x-request-id'),
        importUuid: null,
        changes: [
          { field: 'mainPhone', from: '1', to: '2' },
          { field: 'notes', from: null, to: 'x' },
        ],
      },
      {
        version: 1,
        action: 'created',
        at: first.data.customer.createdAt,
        actor,
        requestId: 'made:by-me',
        importUuid: null,
        changes: expect.arrayContaining([{ field: 'mainPhone', from: null, to: '1' }]),
      },
    ]);
    expect(answer.data.pagination).toEqual({ limit: 20, hasMore: false, nextCursor: null });
  });

  test('has every way of changing a customer', async () => {
    const externalId = uniqueText();
    const { uuid } = await created({ externalId });
    await caller.put(`/customers/by-external-id/${externalId}`, { notes: 'by external id' });
    await caller.patch('/customers/bulk', { customers: [{ uuid, notes: 'by bulk' }] });
    const contact = (await caller.post(`/customers/${uuid}/contacts`, { name: 'A' })).data.contact;
    await caller.patch(`/customers/${uuid}/contacts/${contact.uuid}`, { name: 'B' });
    await caller.delete(`/customers/${uuid}/contacts/${contact.uuid}`);
    await caller.delete(`/customers/${uuid}`);
    await caller.post(`/customers/${uuid}/restore`, {});
    await caller.post(`/customers/${uuid}/revert`, { version: 2 });
    const history = await historyOf(uuid);
    expect(history.map(({ version, action }) => `${version} ${action}`)).toEqual([
      '9 reverted',
      '8 restored',
      '7 deleted',
      '6 updated',
      '5 updated',
      '4 updated',
      '3 updated',
      '2 updated',
      '1 created',
    ]);
    expect(history[3]?.changes).toEqual([{ field: 'contacts', from: [{ ...contact, name: 'B' }], to: [] }]);
  });

  test('has bulk creates and upserts that create', async () => {
    const bulk = await caller.post('/customers/bulk', { customers: [smallCustomer()] });
    const [row] = bulk.data.results;
    const uuid = row?.success === true ? row.customer.uuid : '';
    expect(await historyOf(uuid)).toMatchObject([{ version: 1, action: 'created', actor: { type: 'app' } }]);
    const email = uniqueEmail();
    const upsert = await caller.put(`/customers/by-email/${email}`, { customer: 'A' });
    expect(await historyOf(upsert.data.customer.uuid)).toMatchObject([{ action: 'created', actor: { type: 'app' } }]);
  });

  test('has nothing of what changed nothing or was refused', async () => {
    const { uuid, email } = await created();
    const other = await created();
    await caller.patch(`/customers/${uuid}`, { email });
    await caller.patch(`/customers/${uuid}`, { email: other.email });
    await caller.patch(`/customers/${uuid}`, { notes: 'x' }, { headers: { 'if-match': '"7"' } });
    await caller.patch('/customers/bulk', {
      mode: 'atomic',
      customers: [
        { uuid, notes: 'y' },
        { uuid: other.uuid, email },
      ],
    });
    expect(await historyOf(uuid)).toHaveLength(1);
  });

  test('comes in pages that join', async () => {
    const { uuid } = await created();
    for (const notes of ['1', '2', '3', '4']) await caller.patch(`/customers/${uuid}`, { notes });
    const whole = await historyOf(uuid);
    const pages: HistoryEntry[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = cursor === '' ? { limit: 2 } : { limit: 2, cursor };
      const { data } = await caller.get(`/customers/${uuid}/history`, { query });
      expect(data.history.length).toBeLessThanOrEqual(2);
      pages.push(...data.history);
      cursor = data.pagination.nextCursor;
    }
    expect(pages).toEqual(whole);
    expect(whole.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
  });

  test('refuses limits and cursors that cannot be meant, all at once', async () => {
    const { uuid } = await created();
    const refused = await caller.get(`/customers/${uuid}/history`, { query: { limit: 101, cursor: 'x' } });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_query']);
    expect(refused.body.errors?.map(({ field }) => field)).toEqual(['limit', 'cursor']);
  });

  test("of another team's customer is not found", async () => {
    const { uuid } = await created();
    const stranger = await server.createCaller();
    for (const path of ['/history', '']) {
      expect((await stranger.get(`/customers/${uuid}${path}`)).body.code).toBe('customer_not_found');
    }
    expect((await stranger.get(`/customers/${uuid}`, { query: { version: 1 } })).body.code).toBe('customer_not_found');
    expect((await stranger.post(`/customers/${uuid}/revert`, { version: 1 })).body.code).toBe('customer_not_found');
  });
});

describe('a customer as it was', () => {
  test('is answered by version and by time, also when it is deleted now', async () => {
    const first = await created();
    const second = (await caller.patch(`/customers/${first.uuid}`, { notes: 'x' })).data.customer;
    await caller.delete(`/customers/${first.uuid}`);
    const at = (query: Record<string, string | number>) => caller.get(`/customers/${first.uuid}`, { query });
    expect((await at({ version: 1 })).data.customer).toEqual(first);
    expect((await at({ version: 1 })).headers.get('etag')).toBe('"1"');
    expect((await at({ version: 2 })).data.customer).toEqual(second);
    expect((await at({ at: second.updatedAt })).data.customer).toEqual(second);
    const before = new Date(Date.parse(first.createdAt) - 1).toISOString();
    for (const query of [{ version: 3 }, { version: 4 }, { at: before }, { at: '2999-01-01T00:00:00Z' }]) {
      const missing = await at(query);
      expect([missing.status, missing.body.code]).toEqual([404, 'version_not_found']);
    }
  });

  test('is named by version or by time, not by both', async () => {
    const { uuid } = await created();
    const refused = await caller.get(`/customers/${uuid}`, { query: { version: 1, at: '2026-01-01T00:00:00Z' } });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_query']);
    expect((await caller.get(`/customers/${uuid}`, { query: { version: 0 } })).body.code).toBe('invalid_query');
  });
});

describe('a revert', () => {
  test('makes a new version with the contents of an old one', async () => {
    const first = await created({ contacts: [{ name: 'A', isPrimary: true }], metadata: { a: '1' } });
    await caller.patch(`/customers/${first.uuid}`, { notes: 'x', metadata: {}, email: uniqueEmail() });
    const reverted = await caller.post(`/customers/${first.uuid}/revert`, { version: 1 });
    expect(reverted.status).toBe(200);
    expect(reverted.headers.get('etag')).toBe('"3"');
    const { updatedAt } = reverted.data.customer;
    expect(reverted.data.customer).toEqual({ ...first, updatedAt, version: 3 });
  });

  test('to what it is makes no version', async () => {
    const { uuid } = await created();
    expect((await caller.post(`/customers/${uuid}/revert`, { version: 1 })).headers.get('etag')).toBe('"1"');
  });

  test('is refused like any write: email taken, If-Match, unknown version, bad body', async () => {
    const first = await created();
    await caller.patch(`/customers/${first.uuid}`, { email: uniqueEmail() });
    const taker = await created({ email: first.email });
    const revert = (body: object, headers = {}) => caller.post(`/customers/${first.uuid}/revert`, body, { headers });
    expect((await revert({ version: 1 })).body).toMatchObject({
      code: 'email_already_exists',
      details: { existingCustomerUuid: taker.uuid },
    });
    expect((await revert({ version: 1 }, { 'if-match': '"1"' })).body.code).toBe('version_mismatch');
    expect((await revert({ version: 9 })).body.code).toBe('version_not_found');
    for (const body of [{}, { version: '1' }, { version: 0 }, { version: 1.5 }, { version: null }]) {
      expect((await revert(body)).body).toMatchObject({ code: 'validation_error', errors: [{ field: 'version' }] });
    }
  });
});

test('whatever was done, the history replayed gives each version that was answered', async () => {
  const phone = fc.constantFrom('1', '2', null);
  const step = fc.oneof(
    fc.record({ do: fc.constant('patch' as const), mainPhone: phone, notes: fc.constantFrom('a', 'b', null) }),
    fc.record({ do: fc.constant('contact' as const), name: fc.constantFrom('A', 'B') }),
    fc.record({ do: fc.constant('revert' as const), version: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ do: fc.constant('delete' as const) }),
    fc.record({ do: fc.constant('restore' as const) }),
  );
  const property = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
    const { uuid } = await created();
    const answered = new Map<number, Customer>();
    const look = async () => {
      const { status, data } = await caller.get(`/customers/${uuid}`);
      if (status === 200) answered.set(data.customer.version, data.customer);
    };
    await look();
    for (const one of steps) {
      if (one.do === 'patch') await caller.patch(`/customers/${uuid}`, { mainPhone: one.mainPhone, notes: one.notes });
      else if (one.do === 'contact') await caller.post(`/customers/${uuid}/contacts`, { name: one.name });
      else if (one.do === 'revert') await caller.post(`/customers/${uuid}/revert`, { version: one.version });
      else if (one.do === 'delete') await caller.delete(`/customers/${uuid}`);
      else await caller.post(`/customers/${uuid}/restore`, {});
      await look();
    }
    const history = [...(await historyOf(uuid))].reverse();
    expect(history.map(({ version }) => version)).toEqual(history.map((_, index) => index + 1));
    for (const [version, customer] of answered) {
      const emptied = Object.fromEntries(Object.keys(contentsOf(customer)).map((field) => [field, null]));
      expect({ ...emptied, ...replayed(history.slice(0, version)) }).toEqual(contentsOf(customer));
      const byVersion = await caller.get(`/customers/${uuid}`, { query: { version } });
      expect(byVersion.data.customer).toEqual(customer);
      // Of several versions of one millisecond, a time gives the last.
      const sameTime = history.filter(({ at }) => at === customer.updatedAt);
      if (sameTime.length === 1) {
        const byTime = await caller.get(`/customers/${uuid}`, { query: { at: customer.updatedAt } });
        expect(byTime.data.customer).toEqual(customer);
      }
    }
  });
  await fc.assert(property, { numRuns: 20 });
});
