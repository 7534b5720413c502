import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../harness/caller.js';
import { smallCustomer, uniqueText } from '../../harness/customers.js';
import { startServer, type TestServer } from '../../harness/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

interface Group {
  score: number;
  customers: { uuid: string; customer: string; score: number; reasons: string[] }[];
}

/** As if all that was written had been so a minute ago: nothing may change any more from before then. */
async function settle(): Promise<void> {
  await server.database.sql('update customers set updated_at = updated_at - 60000');
}

async function page(caller: Caller, query: Record<string, string | number> = {}) {
  const { status, data, text } = await caller.get('/customers/duplicates', { query });
  expect(status, text).toBe(200);
  const { groups, pagination } = data as unknown as {
    groups: Group[];
    pagination: { limit: number; hasMore: boolean; nextCursor: string | null };
  };
  return { groups, pagination };
}

async function membersOf(caller: Caller): Promise<string[][]> {
  const { groups } = await page(caller, { limit: 100 });
  return groups.map(({ customers }) => customers.map(({ uuid }) => uuid).sort());
}

/** A customer by its name and whatever else it has, with a mailbox at a provider. */
async function create(caller: Caller, customer: string, fields: object = {}): Promise<string> {
  const body = smallCustomer({ customer, email: `${uniqueText()}@gmail.com`, ...fields });
  const { status, data } = await caller.post('/customers', body);
  expect(status).toBe(201);
  return data.customer.uuid;
}

describe('the groups of a team', () => {
  test('have whoever hangs together, strongest first, and nobody else', async () => {
    const caller = await server.createCaller();
    const weak = [await create(caller, 'Blue Crane Books'), await create(caller, 'Blue Crane Books Ltd')];
    const mainPhone = '+27 21 555 0177';
    const strong = [
      await create(caller, 'Acme Trading', { mainPhone }),
      await create(caller, 'ACME Trading (Pty) Ltd', { mainPhone: '0027 215550177' }),
      await create(caller, 'Acme Tradnig', { mainPhone, billingAddress: { city: 'Durban' } }),
    ];
    await create(caller, 'Kilimanjaro Optics', { mainPhone });
    await create(caller, 'Nobody Else');
    await settle();
    const { groups, pagination } = await page(caller);
    expect(groups.map(({ customers }) => customers.map(({ uuid }) => uuid).sort())).toEqual([
      strong.toSorted(),
      weak.toSorted(),
    ]);
    expect(pagination).toEqual({ limit: 20, hasMore: false, nextCursor: null });
    const [first, second] = groups;
    expect(first?.score).toBeGreaterThanOrEqual(0.9);
    expect(second?.score).toBeLessThan(0.9);
    expect(first?.customers[0]).toMatchObject({ score: first?.score, reasons: ['phone', 'name'] });
  });

  test('come page by page, each once', async () => {
    const caller = await server.createCaller();
    const names = Array.from({ length: 7 }, () => `${uniqueText('Pair')} Brothers`);
    for (const name of [...names, ...names]) await create(caller, name);
    await settle();
    const seen: string[] = [];
    let cursor = '';
    for (let count = 0; count < 10; count++) {
      const { groups, pagination } = await page(caller, { limit: 3, ...(cursor === '' ? {} : { cursor }) });
      expect(groups.length).toBeLessThanOrEqual(3);
      seen.push(...groups.map(({ customers }) => customers[0]?.customer ?? ''));
      if (pagination.nextCursor === null) break;
      cursor = pagination.nextCursor;
    }
    expect(seen.toSorted()).toEqual(names.toSorted());
  });

  test('lose who was changed, deleted or declared different, before their pairs are looked for again', async () => {
    const caller = await server.createCaller();
    const pairs: [string, string][] = [];
    for (const name of ['Alpha Brothers', 'Beta Brothers', 'Gamma Brothers', 'Delta Brothers']) {
      pairs.push([await create(caller, name), await create(caller, name)]);
    }
    await settle();
    expect(await membersOf(caller)).toHaveLength(4);
    const [[alpha], [beta], [gamma, otherGamma], delta] = pairs as [
      [string, string],
      [string, string],
      [string, string],
      [string, string],
    ];
    await caller.patch(`/customers/${alpha}`, { customer: 'Zephyr Instruments' });
    await caller.delete(`/customers/${beta}`);
    await caller.post(`/customers/${gamma}/not-duplicates`, { uuids: [otherGamma] });
    expect(await membersOf(caller)).toEqual([delta.toSorted()]);
    await caller.post(`/customers/${beta}/restore`, {});
    await caller.patch(`/customers/${gamma}`, { mainPhone: '+27 21 555 0101' });
    await caller.patch(`/customers/${otherGamma}`, { mainPhone: '+27 21 555 0101' });
    await settle();
    expect((await membersOf(caller)).toSorted()).toEqual([delta.toSorted(), pairs[1]?.toSorted()].toSorted());
  });

  test('have twenty customers at most', async () => {
    const caller = await server.createCaller();
    const customers = Array.from({ length: 25 }, () => ({
      customer: 'Large Brothers',
      email: `${uniqueText()}@gmail.com`,
    }));
    expect((await caller.post('/customers/bulk', { customers })).data.successCount).toBe(25);
    await settle();
    const [first] = await membersOf(caller);
    expect(first).toHaveLength(20);
    expect(new Set(first).size).toBe(20);
  });

  test('are of one team alone', async () => {
    const [one, other] = [await server.createCaller(), await server.createCaller()];
    const mainPhone = '+27 21 555 0123';
    await create(one, 'Acme Trading', { mainPhone });
    await create(other, 'Acme Trading', { mainPhone });
    await settle();
    expect([await membersOf(one), await membersOf(other)]).toEqual([[], []]);
  });

  test.each(['x', 'MC54LnkuenoK', Buffer.from('1.2.3').toString('base64url')])(
    'refuse the cursor %s',
    async (cursor) => {
      const caller = await server.createCaller();
      const answer = await caller.get('/customers/duplicates', { query: { cursor, limit: 0 } });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_query']);
      expect(answer.body.errors?.map(({ field }) => field)).toEqual(['limit', 'cursor']);
    },
  );

  test('are looked for by the server itself', async () => {
    const caller = await server.createCaller();
    await create(caller, 'Omega Brothers');
    await create(caller, 'Omega Brothers');
    await settle();
    const ofNewestTeam = 'select count(*) as found from customer_pairs where team_id = (select max(id) from teams)';
    const count = async () => Number((await server.database.sql(ofNewestTeam))[0]?.found);
    await expect.poll(count).toBe(2);
  });
});

describe('match', () => {
  test('finds by its keys what was stored long ago, as it is now', async () => {
    const caller = await server.createCaller();
    const stored = await create(caller, 'Königliche Käserei GmbH', { mainPhone: '+49 30 901820' });
    const gone = await create(caller, 'Königliche Käserei', { mainPhone: '+49 30 901820' });
    await settle();
    await page(caller);
    await caller.delete(`/customers/${gone}`);
    for (const asked of [
      { customer: 'Koenigliche Kaeserei' },
      { customer: 'KONIGLICHE KASEREI' },
      { customer: 'Koniglihce Kaserei', mainPhone: '030 901820' },
    ]) {
      const { data } = await caller.post('/customers/match', { customers: [asked] });
      const [result] = data.results as unknown as { candidates: { uuid: string }[] }[];
      expect(result?.candidates.map(({ uuid }) => uuid)).toEqual([stored]);
    }
    await caller.patch(`/customers/${stored}`, { customer: 'Zephyr Instruments' });
    await settle();
    await page(caller);
    const { data } = await caller.post('/customers/match', { customers: [{ customer: 'Koenigliche Kaeserei' }] });
    expect(data.results).toEqual([{ index: 0, candidates: [] }]);
    const keys = await server.database.sql('select count(*) as found from customer_match_keys');
    expect(Number(keys[0]?.found)).toBeGreaterThan(0);
  });

  test('does not follow what very many have in common', async () => {
    const caller = await server.createCaller();
    const host = `${uniqueText('mall')}.example`;
    const rows = Array.from({ length: 60 }, () => ({
      ...smallCustomer({ customer: uniqueText('Shop'), email: `${uniqueText()}@${host}` }),
    }));
    expect((await caller.post('/customers/bulk', { customers: rows })).data.successCount).toBe(60);
    const name = rows[7]?.customer;
    const ask = async () => {
      const { data } = await caller.post('/customers/match', { customers: [{ customer: name, email: `new@${host}` }] });
      return (data.results as unknown as { candidates: { reasons: string[] }[] }[])[0]?.candidates;
    };
    expect(await ask()).toMatchObject([{ reasons: ['name'] }]);
    await settle();
    await page(caller);
    expect(await ask()).toMatchObject([{ reasons: ['name'] }]);
  });
});
