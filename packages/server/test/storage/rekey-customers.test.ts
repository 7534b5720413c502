import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { createTestDatabase } from '../harness/create-test-database.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { makeTemporaryFolder, removeFolder, runProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';
import type { TestDatabase } from '../harness/test-database.js';
import { type OlderCustomer, renameAsBefore, setUpBefore, storeAsBefore } from './older-database.js';

/** Beside those that are named: enough for several steps. */
const OTHERS = 1_500;

let folder: string;
let database: TestDatabase;
let server: TestServer;
let caller: Caller;

const mark = uniqueText();
let minutes = 0;
/** A customer of the version before; each is a minute younger than the one before it. */
const older = (fields: Partial<OlderCustomer>): OlderCustomer => ({
  uuid: randomUUID(),
  teamId: 1,
  customer: 'Acme',
  email: `${uniqueText()}@acme.example`,
  createdAt: Date.UTC(2024, 0, 1, 0, minutes++),
  ...fields,
});

const plain = older({ customer: `${mark} Plain`, mainPhone: '+49 (221) 555-47' });
const accented = older({ customer: `${mark} Caf\u00e9`, contacts: [{ name: `Jo\u00e3o ${mark}c` }] });
const deleted = older({ customer: `${mark} Gone`, email: `gone.${mark}@b\u00fccher.example`, isDeleted: true });
/** Three of one mailbox. The oldest has the ASCII form, whose key is what it was. */
const oldest = older({ email: `a.${mark}@xn--bcher-kva.example` });
const younger = older({ email: `a.${mark}@b\u00fccher.example` });
/** Two more, of which the younger has the key so far. */
const elder = older({ email: `\u01f0.${mark}@b\u00fccher.example` });
const holder = older({ email: `J\u030c.${mark}@xn--bcher-kva.example` });

beforeAll(async () => {
  folder = makeTemporaryFolder();
  database = await createTestDatabase(folder);
  const { teamUuid } = await setUpBefore(database, 'customer-keys');
  const others = Array.from({ length: OTHERS }, (_, number) =>
    older({ customer: `${mark}o \u00c5ngstr\u00f6m ${number}` }),
  );
  await storeAsBefore(database, [plain, accented, deleted, oldest, younger, elder, holder]);
  while (others.length > 0) await storeAsBefore(database, others.splice(0, 500));
  const environment = { COUNTERSIGN_DATABASE_URL: database.url };
  expect(await runProgram(['migrate'], { environment })).toMatchObject({ exitCode: 0, stderr: '' });
  server = await startServer({ environment });
  caller = await server.createCaller({ team: { uuid: teamUuid, name: 'Older' } });
});
afterAll(async () => {
  await server?.stop();
  await database.remove();
  removeFolder(folder);
});

const search = async (text: string) => {
  const { customers, pagination } = (await caller.get('/customers', { query: { search: text, limit: 100 } })).data;
  return { uuids: customers.map(({ uuid }) => uuid), total: pagination.total };
};
const findByEmail = async (email: string) => {
  const answer = await caller.get('/customers/find-by-email', { query: { email } });
  return answer.status === 200 ? answer.data.customer.uuid : answer.status;
};
const countStale = async () => {
  const [row] = await database.sql(
    'select count(*) as stale from customers where coalesce(keyed_version, 0) <> version',
  );
  return Number(row?.stale);
};
const settled = () => eventually(async () => expect(await countStale()).toBe(0));

describe('customers of the version before', () => {
  test('are found by what found them then, from the first request on', async () => {
    for (let round = 0; round < 5; round++) {
      expect((await search(`${mark} plain`)).uuids).toEqual([plain.uuid]);
      expect((await search(`${mark} CAF\u00c9`)).uuids).toEqual([accented.uuid]);
      expect((await search('(221) 555')).uuids).toEqual([plain.uuid]);
      expect((await search(`${mark}o`)).total).toBe(OTHERS);
      expect(await findByEmail(plain.email.toUpperCase())).toBe(plain.uuid);
    }
  });

  test('are one a mailbox from the first request on: the oldest of some has the key', async () => {
    for (const [email, uuid] of [
      [oldest.email, oldest.uuid],
      [younger.email, oldest.uuid],
      [elder.email, elder.uuid],
      [holder.email, elder.uuid],
    ] as const) {
      expect([email, await findByEmail(email)]).toEqual([email, uuid]);
      const again = await caller.post('/customers', smallCustomer({ email }));
      expect([again.status, again.body.details]).toMatchObject([409, { existingCustomerUuid: uuid }]);
    }
  });

  test('are found by what finds new ones once they have their keys, and have not changed', async () => {
    await settled();
    expect((await search(`${mark} cafe`)).uuids).toEqual([accented.uuid]);
    expect((await search(`joao ${mark}C`)).uuids).toEqual([accented.uuid]);
    expect((await search('4922155547')).uuids).toEqual([plain.uuid]);
    expect((await search(`${mark}o angstrom`)).total).toBe(OTHERS);
    const { customer } = (await caller.get(`/customers/${accented.uuid}`)).data;
    expect(customer).toMatchObject({ version: 1, createdAt: customer.updatedAt });
    const [events] = await database.sql('select count(*) as told from webhook_events');
    expect(Number(events?.told)).toBe(0);
    const first = (await caller.get('/customers', { query: { search: `${mark}o`, limit: 1 } })).data.customers[0];
    expect(first?.customer).toBe(`${mark}o \u00c5ngstr\u00f6m 0`);
  });

  test('come back under their new keys', async () => {
    const restored = await caller.post(`/customers/${deleted.uuid}/restore`, {});
    expect(restored.status).toBe(200);
    expect(await findByEmail(`gone.${mark}@xn--bcher-kva.example`)).toBe(deleted.uuid);
  });
});

describe('a customer that lost its key to an older one', () => {
  test('is named by the doctor, with the one that has it', async () => {
    const { findings } = await server.make<{ findings: { check: string; status: string; message: string }[] }>([
      'doctor',
    ]);
    const told = findings.filter(({ check, status }) => check === 'emails' && status === 'warning');
    expect(told).toHaveLength(2);
    for (const [lost, has] of [
      [younger, oldest],
      [holder, elder],
    ] as const) {
      expect(told.some(({ message }) => message.includes(lost.uuid) && message.includes(has.uuid))).toBe(true);
    }
  });

  test('is read, searched and changed as any other', async () => {
    expect((await caller.get(`/customers/${younger.uuid}`)).data.customer.email).toBe(younger.email);
    expect((await search(younger.email)).uuids).toEqual([younger.uuid]);
    const changed = await caller.patch(`/customers/${younger.uuid}`, { notes: 'seen', email: younger.email });
    expect([changed.status, changed.data?.customer.notes]).toEqual([200, 'seen']);
    expect(await findByEmail(younger.email)).toBe(oldest.uuid);
    const contact = await caller.post(`/customers/${younger.uuid}/contacts`, { name: 'Ann' });
    expect(contact.status).toBe(201);
  });

  test('gets the key with its next change, once the other has let go of it', async () => {
    await caller.patch(`/customers/${oldest.uuid}`, { email: `${uniqueText()}@acme.example` });
    expect(await findByEmail(younger.email)).toBe(404);
    await caller.patch(`/customers/${younger.uuid}`, { notes: 'again' });
    expect(await findByEmail(oldest.email)).toBe(younger.uuid);
  });

  test('gets another email, and can be deleted', async () => {
    const email = `${uniqueText()}@acme.example`;
    expect((await caller.patch(`/customers/${holder.uuid}`, { email })).status).toBe(200);
    expect(await findByEmail(email)).toBe(holder.uuid);
    expect((await caller.delete(`/customers/${holder.uuid}`)).status).toBe(200);
    expect(await findByEmail(elder.email)).toBe(elder.uuid);
  });
});

test('what the version before still writes beside is found at once, and gets its keys', async () => {
  const late = older({ customer: `${mark} Late Stra\u00dfe`, email: `late.${mark}@acme.example` });
  await storeAsBefore(database, [late]);
  await renameAsBefore(database, plain.uuid, `${mark} Renam\u00e9`);
  expect((await search(`${mark} late stra\u00df`)).uuids).toEqual([late.uuid]);
  expect((await search(`${mark} renam\u00e9`)).uuids).toEqual([plain.uuid]);
  expect(await countStale()).toBeGreaterThan(0);
  // They are looked for at a start, and from time to time.
  await server.end('SIGTERM');
  await server.restart();
  await settled();
  expect((await search(`${mark} LATE STRASSE`)).uuids).toEqual([late.uuid]);
  expect((await search(`${mark} rename`)).uuids).toEqual([plain.uuid]);
  expect((await search(`${mark} plain`)).uuids).toEqual([]);
});

test('nothing is left of the indexes of the version before', async () => {
  const catalogue = server.environment.COUNTERSIGN_DATABASE_URL?.startsWith('postgres')
    ? "select indexname as name from pg_indexes where tablename = 'customers'"
    : "select name from sqlite_schema where tbl_name = 'customers' and type = 'index'";
  const names = (await database.sql(catalogue)).map(({ name }) => name);
  expect(names).toContain('customers_to_key');
  await eventually(async () => {
    expect((await database.sql(catalogue)).map(({ name }) => name)).not.toContain('customers_by_text');
  });
});
