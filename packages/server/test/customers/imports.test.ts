import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

interface BegunImport {
  readonly uuid: string;
  readonly headers: { readonly 'x-import-id': string };
}

async function begin(): Promise<BegunImport> {
  caller = await server.createCaller();
  const { uuid } = (await caller.post('/imports', { name: 'file.csv' })).data.import;
  return { uuid, headers: { 'x-import-id': uuid } };
}
const upsert = (customers: object[], headers = {}) =>
  caller.put('/customers/bulk', { by: 'email', customers }, { headers });
const counts = async (uuid: string) => {
  const { created, updated, unchanged, failed } = (await caller.get(`/imports/${uuid}`)).data.import;
  return { created, updated, unchanged, failed };
};
const all = async () => (await caller.get('/customers', { query: { limit: 100 } })).data.customers;

async function undo(uuid: string) {
  let undone = 0;
  const kept = [];
  for (;;) {
    const headers = { 'idempotency-key': uniqueText() };
    const { data } = await caller.post(`/imports/${uuid}/undo`, {}, { headers });
    undone += data.undone;
    kept.push(...data.kept);
    if (!data.hasMore) return { undone, kept };
  }
}

describe('an import', () => {
  test('is named, listed newest first, found, and of one team', async () => {
    const { uuid } = await begin();
    const second = (await caller.post('/imports', { name: ' two ', total: 7 })).data.import;
    expect(second).toMatchObject({
      name: 'two',
      total: 7,
      status: 'running',
      actor: { type: 'app', id: caller.app.clientId },
    });
    const first = (await caller.get('/imports', { query: { limit: 1 } })).data;
    expect(first.imports).toEqual([second]);
    const rest = (await caller.get('/imports', { query: { limit: 1, cursor: first.pagination.nextCursor ?? '' } }))
      .data;
    expect(rest).toMatchObject({ imports: [{ uuid, total: null }], pagination: { hasMore: false, nextCursor: null } });
    const stranger = await server.createCaller();
    expect((await stranger.get(`/imports/${uuid}`)).body.code).toBe('import_not_found');
    expect((await stranger.post(`/imports/${uuid}/undo`, {})).body.code).toBe('import_not_found');
    const headers = { 'x-import-id': uuid };
    expect((await stranger.post('/customers', smallCustomer(), { headers })).body.code).toBe('import_not_found');
    expect((await stranger.get('/customers')).data.pagination.total).toBe(0);
  });

  test('is refused for every field that is wrong', async () => {
    await begin();
    for (const body of [{ total: -1 }, { name: '', total: 1.5 }, { name: 7, total: 'x' }]) {
      const refused = await caller.post('/imports', body);
      expect(refused.body).toMatchObject({ code: 'validation_error', errors: [{ field: 'name' }, { field: 'total' }] });
    }
    const refused = await caller.post('/customers', smallCustomer(), { headers: { 'x-import-id': 'x' } });
    expect(refused.body).toMatchObject({ code: 'validation_error', errors: [{ field: 'X-Import-Id' }] });
    const unknown = await caller.post('/customers', smallCustomer(), { headers: { 'x-import-id': randomUUID() } });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'import_not_found']);
    expect(await all()).toEqual([]);
  });

  test('counts what its writes came to, each once, and nothing of a dry run', async () => {
    const { uuid, headers } = await begin();
    const row = smallCustomer();
    await upsert([row, smallCustomer(), { email: 'x' }], headers);
    await upsert([row, { ...row, notes: 'x' }], headers);
    await caller.put('/customers/bulk', { by: 'email', dryRun: true, customers: [smallCustomer()] }, { headers });
    const key = { ...headers, 'idempotency-key': uniqueText() };
    const single = smallCustomer();
    for (let times = 0; times < 2; times++) await caller.post('/customers', single, { headers: key });
    expect(await counts(uuid)).toEqual({ created: 3, updated: 1, unchanged: 1, failed: 1 });
  });

  test('stands in the history of what it made and changed', async () => {
    const { uuid, headers } = await begin();
    const row = smallCustomer();
    const made = (await caller.post('/customers', row, { headers })).data.customer;
    await upsert([{ ...row, notes: 'x' }], headers);
    const { history } = (await caller.get(`/customers/${made.uuid}/history`)).data;
    expect(history).toMatchObject([
      { version: 2, action: 'imported', importUuid: uuid },
      { version: 1, action: 'imported', importUuid: uuid },
    ]);
  });

  test('that is finished takes no more writes', async () => {
    const { uuid, headers } = await begin();
    expect((await caller.post(`/imports/${uuid}/finish`, {})).data.import.status).toBe('finished');
    const refused = await caller.post('/customers', smallCustomer(), { headers });
    expect([refused.status, refused.body.code]).toEqual([409, 'import_finished']);
    expect(await all()).toEqual([]);
    expect((await caller.post(`/imports/${uuid}/finish`, {})).status).toBe(200);
  });

  test('counts what is written at once, and doubles nothing', async () => {
    const { uuid, headers } = await begin();
    const rows = Array.from({ length: 50 }, () => smallCustomer());
    await Promise.all([upsert(rows, headers), upsert([...rows].reverse(), headers), upsert(rows, headers)]);
    expect(await counts(uuid)).toEqual({ created: 50, updated: 0, unchanged: 100, failed: 0 });
    expect(await all()).toHaveLength(50);
  });
});

describe('an undo', () => {
  test('takes back what was made and what was changed, however often', async () => {
    const { uuid, headers } = await begin();
    const kept = (await caller.post('/customers', smallCustomer({ notes: 'before' }))).data.customer;
    const rows = Array.from({ length: 150 }, () => smallCustomer());
    await upsert(rows.slice(0, 100), headers);
    await upsert(rows.slice(100), headers);
    await upsert([{ email: kept.email, notes: 'one' }], headers);
    await upsert(
      [
        { email: kept.email, notes: 'two' },
        { ...rows[0], notes: 'x' },
      ],
      headers,
    );
    expect(await undo(uuid)).toEqual({ undone: 151, kept: [] });
    expect(await all()).toMatchObject([{ uuid: kept.uuid, notes: 'before', version: 4 }]);
    expect((await caller.get(`/imports/${uuid}`)).data.import.status).toBe('undone');
    const refused = await caller.post('/customers', smallCustomer(), { headers });
    expect(refused.body.code).toBe('import_finished');
    expect(await undo(`${uuid}`)).toEqual({ undone: 0, kept: [] });
  });

  test('keeps what others changed or deleted since, and says so once', async () => {
    const { uuid, headers } = await begin();
    const before = (await caller.post('/customers', smallCustomer())).data.customer;
    const rows = [smallCustomer(), smallCustomer(), smallCustomer()];
    const { results } = (await upsert(rows, headers)).data;
    const uuids = results.map((row) => (row.success ? row.customer.uuid : ''));
    await upsert([{ email: before.email, email2: 1, notes: 'x' }], headers);
    const [changed = '', deleted = ''] = uuids;
    await caller.patch(`/customers/${changed}`, { notes: 'mine' });
    await caller.delete(`/customers/${deleted}`);
    const { undone, kept } = await undo(uuid);
    expect(undone).toBe(2);
    expect(kept.toSorted((a, b) => a.reason.localeCompare(b.reason))).toEqual([
      { uuid: changed, reason: 'changed_since' },
      { uuid: deleted, reason: 'deleted_since' },
    ]);
    expect((await all()).map((customer) => customer.uuid).toSorted()).toEqual([before.uuid, changed].toSorted());
  });

  test('keeps what cannot go back, since another has its email by now', async () => {
    const { uuid, headers } = await begin();
    const externalId = uniqueText();
    const before = (await caller.post('/customers', smallCustomer({ externalId }))).data.customer;
    const email = uniqueEmail();
    await caller.put('/customers/bulk', { by: 'externalId', customers: [{ externalId, email }] }, { headers });
    await caller.post('/customers', smallCustomer({ email: before.email }));
    expect(await undo(uuid)).toEqual({ undone: 0, kept: [{ uuid: before.uuid, reason: 'email_already_exists' }] });
  });

  test('is told to webhooks and to the history like any change', async () => {
    const { uuid, headers } = await begin();
    const made = (await caller.post('/customers', smallCustomer(), { headers })).data.customer;
    await undo(uuid);
    const { history } = (await caller.get(`/customers/${made.uuid}/history`)).data;
    expect(history).toMatchObject([
      { version: 2, action: 'deleted', importUuid: null },
      { version: 1, action: 'imported', importUuid: uuid },
    ]);
  });
});
