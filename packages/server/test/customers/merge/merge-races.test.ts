import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../harness/caller.js';
import { smallCustomer, uniqueEmail } from '../../harness/customers.js';
import { startServer, type TestServer } from '../../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const create = async (fields: object = {}): Promise<Customer> =>
  (await caller.post('/customers', smallCustomer(fields))).data.customer;
const createAll = (count: number, fields: object = {}) =>
  Promise.all(Array.from({ length: count }, () => create(fields)));
const merge = (kept: Customer, others: readonly Customer[]) =>
  caller.post(`/customers/${kept.uuid}/merge`, { from: others.map(({ uuid }) => uuid) });
const read = (uuid: string) => caller.get(`/customers/${uuid}`);
const countOf = async () => (await caller.get('/customers')).data.pagination.total;

describe('merges at the same time', () => {
  test('into one customer all succeed, and nothing of any is lost', async () => {
    const kept = await create();
    const others = await createAll(20, { contacts: [{ email: uniqueEmail() }], notes: 'n' });
    const before = await countOf();
    const answers = await Promise.all(others.map((other) => merge(kept, [other])));
    expect(answers.map(({ status }) => status)).toEqual(others.map(() => 200));
    const { customer } = (await read(kept.uuid)).data;
    expect(customer.version).toBe(21);
    expect(customer.notes).toBe(others.map(() => 'n').join('\n\n'));
    const emails = customer.contacts.map(({ email }) => email);
    expect(emails).toEqual(expect.arrayContaining(others.map(({ email }) => email)));
    expect(customer.contacts).toHaveLength(21);
    expect(await countOf()).toBe(before - 20);
  });

  test('in circles end as one after the other: one customer stays, and has all', async () => {
    for (let round = 0; round < 10; round++) {
      const ring = await createAll(4);
      const answers = await Promise.all(
        ring.map((kept, index) => merge(kept, [ring[(index + 1) % ring.length] ?? kept])),
      );
      for (const { status, body } of answers) {
        expect([200, 404], body.code).toContain(status);
        if (status === 404) expect(body.code).toBe('customer_not_found');
      }
      const done = answers.filter(({ status }) => status === 200).length;
      const live = (await Promise.all(ring.map(({ uuid }) => read(uuid)))).filter(({ status }) => status === 200);
      expect(done).toBeGreaterThan(0);
      expect(live).toHaveLength(ring.length - done);
      const emails = live.flatMap(({ data: { customer } }) => [
        customer.email,
        ...customer.contacts.map((c) => c.email),
      ]);
      expect(emails.sort()).toEqual(ring.map(({ email }) => email).sort());
    }
  });

  test('of overlapping customers give each to one of them', async () => {
    const shared = await createAll(5);
    const keepers = await createAll(4);
    const answers = await Promise.all(
      keepers.map((kept, index) => merge(kept, index % 2 ? shared : shared.toReversed())),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    const winner = keepers[answers.findIndex(({ status }) => status === 200)];
    for (const { uuid } of shared) expect((await read(uuid)).body.details).toEqual({ mergedInto: winner?.uuid });
  });
});

describe('a merge beside', () => {
  test('an update of either loses neither', async () => {
    for (let round = 0; round < 10; round++) {
      const [kept, other] = [await create(), await create()];
      const [merged, ofKept, ofOther] = await Promise.all([
        merge(kept, [other]),
        caller.patch(`/customers/${kept.uuid}`, { website: 'kept.example' }),
        caller.patch(`/customers/${other.uuid}`, { mainPhone: '7' }),
      ]);
      expect([merged.status, ofKept.status]).toEqual([200, 200]);
      const { customer } = (await read(kept.uuid)).data;
      expect(customer).toMatchObject({ website: 'kept.example', version: 3 });
      expect(customer.mainPhone).toBe(ofOther.status === 200 ? '7' : null);
    }
  });

  test('a deletion of either is one of the two orders', async () => {
    for (let round = 0; round < 10; round++) {
      const [kept, other] = [await create(), await create()];
      const target = round % 2 === 0 ? kept : other;
      const [merged, deleted] = await Promise.all([merge(kept, [other]), caller.delete(`/customers/${target.uuid}`)]);
      const both = [merged.status, deleted.status];
      expect(
        target === kept
          ? [
              [200, 200],
              [404, 200],
            ]
          : [
              [200, 404],
              [404, 200],
            ],
      ).toContainEqual(both);
      expect((await read(other.uuid)).status).toBe(merged.status === 200 || target === other ? 404 : 200);
    }
  });

  test('an unmerge of another keeps both whole', async () => {
    const [kept, first, second] = [
      await create(),
      await create({ mainPhone: '1' }),
      await create({ website: 'x.example' }),
    ];
    await merge(kept, [first]);
    const [merged, unmerged] = await Promise.all([
      merge(kept, [second]),
      caller.post(`/customers/${kept.uuid}/unmerge`, { uuid: first.uuid }),
    ]);
    expect([merged.status, unmerged.status]).toEqual([200, 200]);
    expect((await read(kept.uuid)).data.customer).toMatchObject({ mainPhone: null, website: 'x.example' });
  });
});
