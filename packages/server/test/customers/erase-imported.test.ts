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

async function begin() {
  const { uuid } = (await caller.post('/imports', { name: 'file.csv' })).data.import;
  return { uuid, headers: { 'x-import-id': uuid } };
}
const person = (email = uniqueEmail()) => smallCustomer({ email, notes: uniqueText('notes-') });
const upsert = (customers: object[], headers: Record<string, string> = {}) =>
  caller.put(
    '/customers/bulk',
    { by: 'email', customers },
    { headers: { ...headers, 'idempotency-key': uniqueText() } },
  );
const undo = (uuid: string) =>
  caller.post(`/imports/${uuid}/undo`, {}, { headers: { 'idempotency-key': uniqueText() } });
const erase = (uuid: string) => caller.post(`/customers/${uuid}/erase`, {});
const uuidOf = async (email: string) =>
  (await caller.get('/customers/find-by-email', { query: { email } })).data.customer.uuid;

async function tracesLeft(traces: readonly unknown[]): Promise<unknown[]> {
  const contents = await server.database.readContents();
  return traces.filter((trace) => contents.includes(String(trace)));
}

describe('an erased customer that an import', () => {
  test('made is not brought back by its undo, which takes back the others', async () => {
    const { uuid, headers } = await begin();
    const [one, other] = [person(), person()];
    await upsert([one, other], headers);
    const erased = await uuidOf(one.email);
    expect((await erase(erased)).status).toBe(200);
    const answer = await undo(uuid);
    expect(answer.data).toEqual({ undone: 1, kept: [], hasMore: false });
    expect((await caller.get(`/customers/${erased}`)).status).toBe(404);
    expect((await erase(erased)).status).toBe(200);
    expect(await tracesLeft([one.email, one.notes])).toEqual([]);
  });

  test('changed is as it was before for nobody', async () => {
    const { uuid, headers } = await begin();
    const before = person();
    await upsert([before]);
    const after = person(before.email);
    await upsert([after], headers);
    expect((await erase(await uuidOf(before.email))).status).toBe(200);
    expect((await undo(uuid)).data).toEqual({ undone: 0, kept: [], hasMore: false });
    expect(await tracesLeft([before.email, before.notes, after.notes])).toEqual([]);
  });

  test('writes at the same time is made anew after the erasure or erased, and leaves nothing when both are', async () => {
    const people = Array.from({ length: 8 }, () => person());
    await upsert(people);
    const { uuid, headers } = await begin();
    const uuids = await Promise.all(people.map(({ email }) => uuidOf(email)));
    const [written, ...erased] = await Promise.all([upsert(people, headers), ...uuids.map(erase)]);
    expect([written.status, ...erased.map(({ status }) => status)]).toEqual([201, ...people.map(() => 200)]);
    const again: string[] = written.data.results.flatMap((row) => (row.success ? row.customer.uuid : []));
    expect(again).toHaveLength(people.length);
    const [undone, ...others] = await Promise.all([undo(uuid), ...again.map(erase)]);
    expect([undone.status, ...others.map(({ status }) => status)]).toEqual([200, ...people.map(() => 200)]);
    expect(await tracesLeft(people.flatMap(({ email, notes }) => [email, notes]))).toEqual([]);
  });
});
